"""Mistakes in `capslab.data`: images, files of one's own, data sets, pairs and scenes.

Cases may use `pictures`, a folder with a sub-folder per class, and `no_download(…)`, in which nothing is in
the cache and downloads fail: see `advice.objects`.
"""
# ruff: noqa: E501 - a mistake is one string, which reads better whole

from advice.follow_advice import Case

TWO = "two = cl.load('digits')\ntwo = two[two.labels < 2]\n"
PLAIN_FIVE = "np.zeros((5, 8, 8), np.uint8)"

IMAGES = [
    Case("few[99]", then="images[7], images[:100], images[images.labels == 3]"),
    Case("few[few.labels == 99]", then="set(images.labels)"),
    Case("plain[:0]", then="images[:10]"),
    Case("few.test.train", then="few.train[:3]"),
    Case("few.sample()", then="few.sample(n=10), few.sample(100 - 90), few.sample(per_class=1)"),
    Case("images = plain\nplain.sample(per_class=3)"),
    Case("few.sample(999)"),
    Case(
        "plain.require_classes()",
        then="np.savez('data.npz', images=few.images, labels=few.labels)\ncl.load('data.npz').require_classes()",
    ),
    Case(
        "few[few.labels == 3].require_classes()",
        then="few[few.labels > 2].require_classes()\ncl.VAE.for_images(few[few.labels == 3])",
    ),
    Case("labels = np.eye(10)[few.labels]\ncl.Images(few.images, labels)"),
    Case("cl.Images(few.images, few.labels[:9])", then="cl.Images(few[:9].images, few[:9].labels)"),
    Case("labels = np.array(['cat', 'dog'] * 30)\ncl.Images(few.images, labels)"),
    Case(
        "cl.Images(few.images, few.labels - 1)",
        then="kept = few.labels > 0\ncl.Images(few.images[kept], few.labels[kept] - 1)",
    ),
    Case("labels = few.labels + 10_000\ncl.Images(few.images, labels)"),
    Case("cl.Images(few.images, few.labels, classes=['zero', 'one'])"),
    Case("cl.Images(few.images, few.labels % 2, classes='cat')"),
    Case("cl.Images(np.full((5, 8, 8), 'a'))", then=f"cl.Images({PLAIN_FIVE})"),
    Case("array = np.full((5, 8, 8), np.nan)\ncl.Images(array)"),
    Case(
        "array = np.linspace(0, 1e9, 320).reshape(5, 8, 8)\ncl.Images(array)",
        then="array = np.linspace(0, 1e9, 320).reshape(5, 8, 8)\ncl.Images((array - array.min()) / (array.max() - array.min()))",
    ),
    Case(
        "cl.Images([np.zeros((8, 8)), np.zeros((9, 9))])",
        then='import os\nos.rename(pictures, "my pictures")\ncl.load("my pictures", size=28)',
    ),
    Case(
        "images = np.empty(3, object)\nfor i in range(3):\n    images[i] = few.images[i]\ncl.Images(images)",
    ),
    Case("image = np.zeros(64)\ncl.Images(image)"),
    Case("cl.Images(np.zeros((0, 8, 8)))", then=f"cl.Images({PLAIN_FIVE})"),
    Case(
        "array, height, width, channels = np.zeros((1, 5, 8, 8, 3)), 8, 8, 3\ncl.Images(array)",
    ),
    Case(
        "cl.Images(np.zeros((5, 30)))",
        then="array, n, height, width = np.zeros((5, 30)), 5, 5, 6\ncl.Images(array.reshape(n, height, width))",
    ),
    Case(
        "cl.Images(np.zeros((5, 65)))",
        then="array = np.zeros((5, 65))\nnp.savez('data.npz', images=array[:, 1:], labels=array[:, 0])\ncl.load('data.npz')\ncl.Images(array[None])",
    ),
    Case("array = np.zeros((16, 16))\ncl.Images(array)"),
    Case("image = np.zeros((8, 8, 3))\ncl.Images(image)"),
    Case("array = np.zeros((9, 9, 5))\ncl.Images(array)"),
    Case("array = np.zeros((5, 8, 8, 7))\ncl.Images(array)"),
    Case(
        "images = cl.Images(np.zeros((20, 8, 8), np.uint8))\nimages.report().cleaned()",
        then="images = cl.Images(np.zeros((20, 8, 8), np.uint8))\ncl.plots.image_grid(images[:10])",
    ),
]

SAVED = "np.savez('data.npz', images=few.images, labels=few.labels)\ncl.load('data.npz')"
ARRAY_FILES = [
    Case("np.savez('a.npz', a=1)\ncl.load('a.npz')", then=SAVED),
    Case(
        "np.save('objects.npy', np.array([None, few.images], object))\ncl.load('objects.npy')",
        then="images, names = list(few.images), ['a', 'b']\nnp.save('data.npy', np.stack(images))\nnp.array(names, dtype=str)\ncl.load('data.npy')",
    ),
    Case(
        "open('cut.npy', 'w').close()\ncl.load('cut.npy')",
        then="np.save('cut.npy', few.images)\ncl.load('cut.npy')",
    ),
    Case(
        "np.savez('sizes.npz', x_train=np.zeros((9, 8, 8)), x_test=np.zeros((9, 9, 9)))\ncl.load('sizes.npz')",
        then="np.savez('sizes.npz', x_train=np.zeros((9, 8, 8)), x_test=np.zeros((9, 8, 8)))\ncl.load('sizes.npz')",
    ),
    Case("np.savez('n.npz', images=few.images, labels=few.labels[:7])\ncl.load('n.npz')", then=SAVED),
    Case("np.savez('m.npz', images=few.images, labels=np.ones((30, 4)))\ncl.load('m.npz')", then=SAVED),
    Case(
        "np.savez('forms.npz', x_train=few.images, y_train=few.labels, x_test=few.images, y_test=np.eye(10)[few.labels])\ncl.load('forms.npz')",
        then="np.savez('forms.npz', x_train=few.images, y_train=few.labels, x_test=few.images, y_test=few.labels)\ncl.load('forms.npz')",
    ),
    Case(
        "np.savez('soft.npz', images=few.images, labels=np.full((60, 10), 0.1))\ncl.load('soft.npz')",
        then="labels = np.full((60, 10), 0.1)\nnp.savez('data.npz', images=few.images, labels=labels.argmax(axis=1))\ncl.load('data.npz')",
    ),
    Case(
        "np.savez('named.npz', images=few.images, labels=['cat', 'cow'] * 30, classes=['cat', 'dog'])\ncl.load('named.npz')",
        then="np.savez('named.npz', images=few.images, labels=['cat', 'cow'] * 30, classes=['cat', 'cow'])\ncl.load('named.npz')",
    ),
    Case(
        "np.savez_compressed('big.npz', images=few.images)\nwith patch('capslab.data.read_array_files.MOST_UNPACKED', 99):\n    cl.load('big.npz')",
        then="np.savez('big.npz', images=few.images)\nwith patch('capslab.data.read_array_files.MOST_UNPACKED', 99), patch('capslab.data.lazy_rows.LARGE_FILE', 99):\n    cl.load('big.npz')",
    ),
]

ZIPPED = "import shutil\nshutil.make_archive('zipped', 'zip', pictures)\n"
#: a table of pictures, next to them, in UTF-8
LISTED = (
    "files = sorted(pictures.rglob('*.png'))\n"
    "lines = ['path,label', *(f'{file.relative_to(pictures).as_posix()},{file.parent.name}' for file in files)]\n"
    "(pictures / 'table.csv').write_text('\\n'.join(lines), 'utf-8')\ncl.load(pictures / 'table.csv')"
)


def _written(name: str, content: bytes) -> str:
    """The source that writes a file of these bytes and loads it."""
    return f"import pathlib\npathlib.Path({name!r}).write_bytes({content!r})\ncl.load({name!r})"


OWN_FILES = [
    Case("cl.load('./notes.txt')", then="cl.load(pictures)"),
    Case("cl.load('nowhere.npy')", then="np.save('nowhere.npy', few.images)\ncl.load('nowhere.npy')"),
    Case("np.save('sized.npy', few.images)\ncl.load('sized.npy', size=9)"),
    Case("import os\nos.makedirs('nothing', exist_ok=True)\ncl.load('nothing')", then="cl.load(pictures)"),
    Case("cl.load(pictures, size=2)"),
    Case(_written("broken.zip", b"PK"), then=ZIPPED + "cl.load('zipped.zip')"),
    Case(
        ZIPPED + "with patch('capslab.data.find_images.MOST_UNPACKED', 9):\n    cl.load('zipped.zip')",
        then=ZIPPED + "shutil.unpack_archive('zipped.zip', 'unpacked')\ncl.load('unpacked')",
    ),
    Case(
        "import os\nos.makedirs('arrays', exist_ok=True)\nnp.save('arrays/own.npy', few.images)\ncl.load('arrays')"
    ),
    Case(
        "import zipfile\nwith zipfile.ZipFile('table.zip', 'w') as archive:\n    archive.writestr('data.npz', b'')\ncl.load('table.zip')",
        then="np.savez('data.npz', images=few.images)\ncl.load('data.npz')",
    ),
    Case(_written("header.csv", b"path,label\n"), then=LISTED),
    Case(_written("other.csv", b"height,name\n3,Ann\n4,Bob\n"), then=LISTED),
    Case(_written("empty.csv", b"\n\n"), then=LISTED),
    Case(_written("cut.csv", b"\xff\xfep\0a\0t"), then=LISTED),
    Case(_written("binary.csv", b"\1\2\3\4" * 99), then=LISTED),
    Case(_written("long.csv", b"path,label\n" + b"a" * 200_000 + b",b\n"), then=LISTED),
    Case(
        "import pathlib\npathlib.Path('locked.csv').write_text('path,label\\na.png,b\\n')\nwith patch('pathlib.Path.read_bytes', side_effect=PermissionError(13, 'Permission denied')):\n    cl.load('locked.csv')",
        then=LISTED,
    ),
    Case(
        "import gzip, pathlib\npathlib.Path('list.csv.gz').write_bytes(gzip.compress(b'path,label\\na.png,b\\n'))\ncl.load('list.csv.gz')",
        then=LISTED,
    ),
    Case(
        _written("cut.csv.gz", b"no gzip"),
        then="np.savetxt('cut.csv.gz', few.images.reshape(60, 64), '%d', ',')\ncl.load('cut.csv.gz')",
    ),
    Case(
        "np.savetxt('wide.csv', np.zeros((9, 30)), '%d', ',')\ncl.load('wide.csv')",
        then="np.savetxt('wide.csv', np.zeros((9, 30)), '%d', ',')\nheight, width = 5, 6\npixels = np.loadtxt('wide.csv', delimiter=',', usecols=range(0, 30)).reshape(-1, height, width)\nnp.savez('data.npz', images=pixels)\ncl.load('data.npz')",
    ),
    Case(
        _written("cells.csv", b"emotion,pixels\n" + b"0," + b" ".join([b"7"] * 30) + b"\n"),
        then="np.savez('data.npz', images=np.zeros((9, 5, 6)))\ncl.load('data.npz')",
    ),
    Case(
        _written("names.csv", ",".join(["label", *(f"pixel{i}" for i in range(64))]).encode()),
        then="np.savetxt('names.csv', few.images.reshape(60, 64), '%d', ',')\ncl.load('names.csv')",
    ),
    Case(
        "np.savetxt('cut_line.csv', few.images.reshape(60, 64), '%d', ',')\nopen('cut_line.csv', 'a').write('1,2,3')\ncl.load('cut_line.csv')",
        then="np.savetxt('cut_line.csv', few.images.reshape(60, 64), '%d', ',')\ncl.load('cut_line.csv')",
    ),
]

MADE = "import os\nos.makedirs('made/mnist', exist_ok=True)\n"
DATASETS = [
    Case("cl.load('digit')"),
    Case("cl.load('coins')", then="np.save('coins.npy', few.images)\ncl.load('coins.npy')"),
    Case("cl.load('mnist', folder='.')", then='cl.load("digits")'),
    Case(MADE + "cl.load('mnist', folder='made')"),
    Case(
        MADE
        + "files = 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'\nfor file in files:\n    os.makedirs(f'made/fashion-mnist/{file}', exist_ok=True)\ncl.load('fashion-mnist', folder='made')"
    ),
    Case("with no_download(offline=True):\n    cl.load('mnist')"),
    Case("with no_download():\n    cl.load('mnist')"),
    Case("with no_download(broken=True):\n    cl.load('mnist')"),
    Case("with no_download(full=True):\n    cl.load('mnist')"),
    Case("with no_download(full=True, home='/proc/nowhere'):\n    cl.load('mnist')"),
]

MADE_IMAGES = [
    Case("cl.data.corrupted(few, share=2)"),
    Case("cl.data.noisy_labels(few, share=0)"),
    Case("cl.data.overlapping_pairs(few, 0)"),
    Case(
        "cl.data.overlapping_pairs(few, 5, overlap=(0, 0.01), shift=0)",
        then="cl.data.overlapping_pairs(few, 5, overlap=(0, 1), shift=0)\ncl.data.overlapping_pairs(few, 5, overlap=(0, 0.01), shift=9)",
    ),
    Case("cl.data.overlapping_pairs(few, 5, overlap=(1, 0))"),
    Case("cl.data.overlapping_pairs(few, 5, overlap=0.8)"),
    Case("cl.data.overlapping_pairs(few, 5, shift=-1)"),
    Case("cl.data.pairs_elsewhere(few, 0, 4)"),
    Case("cl.data.pairs_elsewhere(few, 4, 0)"),
    Case("cl.data.shifted_pairs(plain, 0, 1, [0])"),
    Case(
        "cl.data.shifted_pairs(few, 0, 1, [0], shape=(4, 4, 1))",
        then="cl.data.shifted_pairs(few, 0, 1, [0], shape=overlap_net.image_shape)",
    ),
    Case("cl.data.scenes(few, 0)"),
    Case("cl.data.scenes(few, 5, digits=(5, 3))"),
    Case("cl.data.scenes(few, 5, digits=3)"),
    Case("cl.data.scenes(few, 5, size=2)"),
    Case("cl.data.scenes(few, 5, digits=(30, 40))"),
    Case("cl.data.render_toy('cart')"),
    Case("cl.data.render_toy('car', 10)"),
    Case("cl.data.render_toy('car', azimuth=np.inf)"),
    Case("cl.data.render_toy('car', elevation=91)"),
    Case("cl.data.render_toy('car', size=7)"),
    Case(
        "toys = cl.load('toys')\ncl.Images(toys.images[:3], poses=toys.poses)",
        then="toys = cl.load('toys')\ncl.Images(toys.images[:3])\ncl.Images(toys.images[:3], poses=toys[:3].poses)",
    ),
    Case(
        "from capslab.data import Poses\nPoses([0], [0], [0, 18], [20], [0], [1])",
        then="from capslab.data import Poses\nPoses([0], [0], [18], [20], [0], [1])",
    ),
    Case("cl.data.shifted(few, -1)"),
    Case("cl.data.rotated(few, np.inf)"),
    Case(
        "from capslab.data.strokes_to_image import centred\nimage = np.ones((9, 9, 1))\ncentred(image, (8, 8, 1))"
    ),
    Case(
        "from capslab.data.strokes_to_image import centred\nink = np.full((9, 9), np.nan)\ncentred(ink, (8, 8, 1))"
    ),
    Case("from capslab.data.strokes_to_image import centred\ncentred(np.ones((9, 9)), (8, 8, 1), fill=2)"),
    Case("cl.data.make_practice_folder(few)"),
    Case("cl.data.make_practice_folder(cl.load('digits'), n=5)"),
    Case(
        "cl.data.make_practice_folder(cl.load('digits'), folder='.')",
        then="cl.data.make_practice_folder(cl.load('digits'), folder='practice')",
    ),
    Case(
        TWO + "cl.data.make_practice_folder(two[:100])", then=TWO + "cl.data.make_practice_folder(two[:300])"
    ),
]

EXPORT = [
    Case("cl.export_clusters([0], few, 'new')", then="cl.export_clusters(few.labels, few, 'new')"),
    Case("cl.export_clusters(few.labels, few, 'new', how='tables')"),
    Case("cl.export_clusters(few.labels, few, 'new', originals=True)"),
    Case("cl.export_clusters(few.labels, few, '.')", then="cl.export_clusters(few.labels, few, 'new')"),
    Case(
        "cl.export_clusters(few.labels, few, '/proc/nowhere/new')",
        then="cl.export_clusters(few.labels, few, 'my folder/new')",
    ),
]

DATA = [*IMAGES, *ARRAY_FILES, *OWN_FILES, *DATASETS, *MADE_IMAGES, *EXPORT]
