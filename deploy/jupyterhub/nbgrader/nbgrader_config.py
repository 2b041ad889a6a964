"""nbgrader's settings in the servers of a hub: where the exchange is, and which class this is."""

import os

c = get_config()  # noqa: F821

c.Exchange.root = os.environ["CAPSLAB_EXCHANGE"]
c.CourseDirectory.course_id = os.environ["CAPSLAB_CLASS"]

# Where accounts of the machine do not tell who somebody is, the hub does: by a learner's name, or an
# empty text for an instructor.
if "CAPSLAB_STUDENT" in os.environ:
    c.ExchangeCollect.check_owner = False
    if os.environ["CAPSLAB_STUDENT"]:
        c.CourseDirectory.student_id = os.environ["CAPSLAB_STUDENT"]
