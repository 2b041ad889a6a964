"""Mistakes in `capslab.models`: shapes, sizes, names of what to compute, and Keras's own methods."""
# ruff: noqa: E501 - a mistake is one string, which reads better whole

from advice.follow_advice import Case

LAYERS = "from capslab.models import layers\n"
DETECTION = "from capslab.models import detection\n"
COMPILED = "model = cl.DenseBaseline.for_images(few)\nmodel.compile('adam')\nimages = few\n"
#: a folder with a manifest and one file of weights, which is not the right one
WRONG_WEIGHTS = (
    "import json, os\nos.makedirs('weights', exist_ok=True)\n"
    "json.dump({'own': {'file': 'own.npz', 'sha256': '0'}}, open('weights/manifest.json', 'w'))\n"
)

SHAPES = [
    Case("pixels = few.images[0]\nmodel.classify(pixels)"),
    Case("pixels = np.zeros((5, 8, 8), np.uint8)\nmodel.classify(pixels)"),
    Case("images = cl.Images(np.repeat(few.images, 3, axis=-1))\nmodel.classify(images)"),
    Case(
        "colour = cl.VAE((8, 8, 3), 2)\nimages = few\ncolour.encode(images)",
    ),
    Case(
        "images = cl.Images(np.zeros((5, 9, 9), np.uint8))\nmodel.classify(images)",
        then='images = cl.Images(np.zeros((5, 9, 9), np.uint8), np.arange(5) % 2)\ncl.models.CapsNet.for_images(images)\nimport os\nos.rename(pictures, "my pictures")\nmodel.classify(cl.load("my pictures", size=(8, 8)))',
    ),
    Case("x = few.images / 255\nmodel.classify(images=x)"),
    Case("images = few\ncl.VAE(image_shape=7)"),
    Case(
        "cl.VAE((9000, 9000, 3))",
        then='import os\nos.rename(pictures, "my pictures")\ncl.VAE(cl.load("my pictures", size=64).image_shape)',
    ),
    Case("images = few\ncl.CapsNet(few.image_shape, classes=None)"),
    Case("cl.CapsNet(few.image_shape, 1)", then="images = few\ncl.VAE.for_images(images)"),
    Case("cl.CapsNet((8, 8, 1), 10, preset='paper')"),
    Case("cl.models.SceneNet((28, 20, 1), 10)"),
]
SETTINGS = [
    Case("cl.VAE((8, 8, 1), architecture='denes')"),
    Case("cl.VAE((8, 8, 1), reconstruction='gauss')"),
    Case("cl.VAE((8, 8, 1), sigma=0)"),
    Case("cl.VAE((8, 8, 1), latent_dim=0)"),
    Case("cl.VAE((8, 8, 1), seed=-1)"),
    Case("cl.VAE((8, 8, 1), beta=-1)"),
    Case("vae.elbo(few, samples=0)"),
    Case("z = np.zeros(vae.latent_dim)\nvae.decode(z)"),
    Case("cl.CapsNet((8, 8, 1), 10, preset='digit')"),
    Case("cl.CapsNet((8, 8, 1), 10, iterations=0)"),
    Case("cl.CapsNet((8, 8, 1), 10, seed=0.5)"),
    Case("cl.CapsNet((8, 8, 1), 10, routing='dynamics')"),
    Case("model.receptive_field(9999)"),
    Case("cl.models.StackedCapsNet((8, 8, 1), 10, middle=16)"),
    Case("cl.models.StackedCapsNet((8, 8, 1), 10, middle=(16, 0))"),
    Case("cl.models.StackedCapsNet((8, 8, 1), 10, middle_dim=0)"),
    Case("cl.models.StackedCapsNet((8, 8, 1), 10).receptive_field(capsule=16)"),
    Case("cl.models.ConvNet((8, 8, 1), 10, preset='smal')"),
    Case("cl.models.ConvNet((8, 8, 1), 10, seed=-1)"),
    Case("cl.DenseBaseline((8, 8, 1), 10, hidden=0)"),
    Case("cl.DenseBaseline((8, 8, 1), 10, seed=-1)"),
    Case("model.features(few, what='votes')"),
    Case("vae.features(few, what='code')"),
    Case("dense.features(few, what='hiden')"),
    Case("cl.AutoEncoder((8, 8, 1)).features(few, what='mean')"),
    Case(LAYERS + "layers.PrimaryCapsules(4, padding='full')"),
    Case(LAYERS + "layers.PrimaryCapsules(4, depthwise='yes')"),
    Case(LAYERS + "layers.PrimaryCapsules(0)"),
    Case(LAYERS + "layers.PrimaryCapsules(4, dimension=0)"),
    Case(LAYERS + "layers.PrimaryCapsules(4, kernel=0)"),
    Case(LAYERS + "layers.PrimaryCapsules(4, strides=0)"),
    Case(LAYERS + "layers.PrimaryCapsules(4, seed=-1)"),
    Case(LAYERS + "layers.RoutedCapsules(0)"),
    Case(LAYERS + "layers.RoutedCapsules(10, dimension=0)"),
    Case(LAYERS + "layers.RoutedCapsules(10, iterations=0)"),
    Case(LAYERS + "layers.RoutedCapsules(10, seed=-1)"),
    Case(LAYERS + "layers.GaussianSample(seed=-1)"),
    Case(LAYERS + "layers.Residual(0)"),
    Case(LAYERS + "layers.Residual(8, seed=-1)"),
    Case(LAYERS + "layers.PrimaryCapsules(4, 8, depthwise=True)(np.zeros((1, 9, 9, 5), np.float32))"),
    Case(
        LAYERS + "layers.RoutedCapsules(10)(np.zeros((1, 4, 4, 8), np.float32))",
        then=LAYERS
        + "import keras\nprimary, primary_dim = 16, 8\nreshaped = keras.layers.Reshape((primary, primary_dim))(np.zeros((1, 4, 4, 8), np.float32))\nlayers.RoutedCapsules(10)(reshaped)\nlayers.RoutedCapsules(10)(layers.PrimaryCapsules(2)(np.zeros((1, 9, 9, 5), np.float32)))",
    ),
]
KERAS_METHODS = [
    Case(COMPILED + "model.fit(images.images)"),
    Case(COMPILED + "y = np.eye(10)[few.labels]\nmodel.fit(few.images, y)"),
    Case(COMPILED + "model.fit(plain)", then="images = plain\ncl.VAE.for_images(images)"),
    Case(
        "vae = cl.VAE.for_images(few)\nvae.compile('adam')\nvae.fit(few, class_weight={3: 2.0})",
        then="vae = cl.VAE.for_images(few)\nvae.compile('adam')\nvae.fit(few, sample_weight=np.ones(60))",
    ),
    Case(
        COMPILED
        + "with patch('capslab.data.lazy_rows.LARGE_FILE', 99):\n    np.save('x.npy', few.images)\n    lazy = cl.load('x.npy')\n    model.predict(lazy)",
        then=COMPILED + "cl.fit(model, images)\nmodel.classify(images)\ncl.embed(model, images)",
    ),
    Case(
        "overlap_net.compile('adam')\noverlap_net.fit(cl.Images(np.zeros((20, 36, 36), np.uint8), np.arange(20) % 2))",
        then="images, model = few, cl.models.OverlapNet((12, 12, 1), few.classes)\nwith patch.object(model, 'recipe', __import__('dataclasses').replace(model.recipe, steps=1, epochs=1)):\n    cl.fit(model, images)",
    ),
    Case(
        "scene = cl.models.SceneNet((12, 12, 1), few.classes)\nscene.compile('adam')\nscene.fit(cl.Images(np.zeros((20, 12, 12), np.uint8), np.arange(20) % 2))",
        then="images, model = few, cl.models.SceneNet((12, 12, 1), few.classes)\nwith patch.object(model, 'recipe', __import__('dataclasses').replace(model.recipe, steps=1, epochs=1)):\n    cl.fit(model, images)",
    ),
    Case("overlap_net.decoder_layers()", then='cl.pretrained("capsnet-digits").decoder_layers()'),
]
#: networks of one's own that do not fit the images
OWN = (
    "from capslab.models import OwnAutoencoder, keras\nDense = keras.layers.Dense\n"
    "encoder = keras.Sequential([keras.Input((64,)), Dense(2)])\n"
    "decoder = keras.Sequential([keras.Input((2,)), Dense(64, 'sigmoid')])\n"
)
OWN_NETWORKS = [
    Case(
        OWN
        + "encoder = keras.Sequential([keras.Input((32,)), Dense(2)])\nOwnAutoencoder(encoder, decoder, few)",
        then=OWN
        + "encoder = keras.Sequential([keras.Input((64,)), Dense(2)])\nOwnAutoencoder(encoder, decoder, few)",
    ),
    Case(
        OWN
        + "decoder = keras.Sequential([keras.Input((3,)), Dense(64)])\nOwnAutoencoder(encoder, decoder, few)",
        then=OWN
        + "decoder = keras.Sequential([keras.Input((2,)), Dense(64)])\nOwnAutoencoder(encoder, decoder, few)",
    ),
    Case(
        OWN
        + "decoder = keras.Sequential([keras.Input((2,)), Dense(49)])\nOwnAutoencoder(encoder, decoder, few)",
        then=OWN
        + "decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, 'sigmoid')])\nOwnAutoencoder(encoder, decoder, few)",
    ),
]
DETECTIONS = [
    Case(
        DETECTION + "detection.iou(np.ones((3, 8, 8)), np.ones((2, 8, 8)))",
        then=DETECTION + "detection.iou(np.ones((3, 8, 8)), np.ones((3, 8, 8)))",
    ),
    Case(
        DETECTION + "detection.exclusive_accuracy(np.ones((3, 2, 8, 8)), np.zeros((3, 8, 8)))",
        then=DETECTION
        + "images = few\npairs = cl.data.overlapping_pairs(images, 100)\ndetection.exclusive_accuracy(pairs.masks, np.zeros(pairs.masks.shape[::2][:1] + pairs.masks.shape[2:]))",
    ),
    Case(
        DETECTION + "detection.aligned(few.labels, few.labels)",
        then=DETECTION
        + "model, pairs = overlap_net, cl.data.overlapping_pairs(cl.Images(np.zeros((20, 28, 28), np.uint8), np.arange(20) % 2), 9)\ndetection.aligned(pairs.labels, model.detect(pairs))",
    ),
]
WEIGHTS = [
    Case("cl.pretrained('capsnet-digit')"),
    Case("cl.pretrained('capsnet-digits', folder='no folder')", then="cl.pretrained('capsnet-digits')"),
    Case(WRONG_WEIGHTS + "cl.pretrained('own', folder='weights')", then="cl.pretrained('capsnet-digits')"),
    Case(
        WRONG_WEIGHTS + "open('weights/own.npz', 'w').close()\ncl.pretrained('own', folder='weights')",
        then="cl.pretrained('capsnet-digits')",
    ),
    Case(
        WRONG_WEIGHTS
        + "open('weights/manifest.json', 'w').write('{')\ncl.pretrained('own', folder='weights')",
        then="cl.pretrained('capsnet-digits')",
    ),
]

MODELS = [*SHAPES, *SETTINGS, *OWN_NETWORKS, *DETECTIONS, *WEIGHTS]
#: compiling and fitting take seconds
MODELS_SLOW = KERAS_METHODS
