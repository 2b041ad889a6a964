"""`python -m capslab.serving.singleuser`: the former name of `capslab.server.singleuser`."""

from capslab.server.singleuser import main

if __name__ == "__main__":
    main()
