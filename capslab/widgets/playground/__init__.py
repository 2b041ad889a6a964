"""The network sandbox: a dense network that trains in the browser, on points of the plane or on digits."""
