"""Mistakes and mishaps that need another machine, a full disk or a second person: `patch` feigns them."""
# ruff: noqa: E501 - a mistake is one string, which reads better whole

from advice.follow_advice import Case

DAMAGED = (
    "import os\nfrom pathlib import Path\nfrom capslab.data import datasets\n"
    "damaged = Path('damaged.gz')\ndamaged.touch()\n"
)
GATHER = (
    "from capslab.data import lazy_rows\n"
    "with patch('capslab.data.lazy_rows.LARGE', 9)%s:\n    lazy_rows.gather(iter([few.images, few.images]), 120)"
)
CLASS = (
    "import fcntl\nfrom pathlib import Path\nfrom capslab.classroom import grade_class\n"
    "from capslab.classroom.folder import Classroom\nPath('class/.capslab').mkdir(parents=True, exist_ok=True)\n"
)
GRADED = "with grade_class._exclusive(Classroom(Path('class'))): pass"
NBGRADER = "from capslab.classroom.folder import _nbgrader\n"
CLUSTER = "patch.dict('os.environ', TF_CONFIG=%r)"
WAITING = "from capslab.training import multiple_machines\n"
TEAM = "with patch('capslab.training.multiple_devices.team', return_value=object()):\n    "

SAMPLES = "ours, baseline = [0.7, 0.6, 0.8], [0.5, 0.4, 0.6]\n"

FEIGNED = [
    Case(
        DAMAGED
        + "with patch('pathlib.Path.unlink', side_effect=PermissionError(13, 'Permission denied')):\n    datasets._delete(damaged)",
        then=DAMAGED + "os.remove(damaged)\ndatasets._delete(damaged)",
    ),
    Case(
        GATHER % ", patch('tempfile.TemporaryFile', side_effect=OSError(28, 'No space left on device'))",
        then="import os\n" + GATHER % ", patch.dict('os.environ', TMPDIR=str(folder))",
    ),
    Case(
        "class Own(list):\n    images, labels = few.images[:0], few.labels[:0]\nimages = Own()\ncl.show_routing(model, images)",
        then="cl.show_routing(model, few)",
    ),
    Case(
        SAMPLES
        + "with patch.dict('os.environ', JPY_SESSION_NAME='01_kmeans_by_hand.ipynb'):\n    cl.verdict('vae-clusters', ours, baseline)",
        then=SAMPLES
        + "with patch.dict('os.environ', JPY_SESSION_NAME='24_three_representations.ipynb'):\n    cl.verdict('vae-clusters', ours, baseline)",
    ),
    Case(
        "from capslab.course import paths\npaths.find((), [])",
        then="from pathlib import Path\nfrom capslab.course import paths\nPath('own.ipynb').touch()\npaths.find(('own.ipynb',), [])",
    ),
    Case(
        NBGRADER + "with patch.dict('sys.modules', {'nbgrader.apps.api': None}):\n    _nbgrader()",
        then=NBGRADER + "_nbgrader()",
    ),
    Case(
        CLASS
        + "with open('class/.capslab/lock', 'w') as lock:\n    fcntl.flock(lock, fcntl.LOCK_EX)\n    "
        + GRADED,
        then=CLASS + GRADED,
    ),
]
FEIGNED_SLOW = [
    Case(TEAM + "cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, devices=2, class_weight={3: 2.0})"),
    Case(TEAM + "cl.fit(cl.models.OverlapNet((12, 12, 1), few.classes), few, seconds=1, devices=2)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=2, learning_rate=1e30)"),
    Case(
        WAITING
        + "with patch.dict('os.environ', {multiple_machines.PATIENCE: 'long'}):\n    multiple_machines.patience()",
        then=WAITING + "multiple_machines.patience()",
    ),
    Case(
        f"with {CLUSTER % '{'}:\n    cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, devices='all')",
        then="cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, devices='all')",
    ),
]
