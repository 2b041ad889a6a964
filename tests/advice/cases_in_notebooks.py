"""Mistakes in a notebook, room by room."""
# ruff: noqa: E501 - a mistake is one string, which reads better whole

from advice.cases_authors import AUTHORS
from advice.cases_data import DATA
from advice.cases_feigned import FEIGNED, FEIGNED_SLOW
from advice.cases_guesses import GUESSES
from advice.cases_models import MODELS, MODELS_SLOW
from advice.cases_verdicts import VERDICTS
from advice.follow_advice import Case

NAN = "X[0, 0] = np.nan\n"

CLUSTERING = [
    Case("cl.clustering.cluster_name(-1)", then="cl.clustering.cluster_name(0)"),
    Case("cl.cluster(images)"),
    Case("vectors = X[:, 0]\ncl.clustering.kmeans_steps(vectors, [[0], [1]])"),
    Case("cl.cluster([])", then="cl.cluster([[1], [2], [3]])"),
    Case("embedding = X[:, None]\ncl.clustering.repeat_kmeans(embedding, n_clusters=3)"),
    Case("cl.clustering.repeat_kmeans(embedding=list('abc'), n_clusters=3)"),
    Case("embedding = X[:, 0]\ncl.cluster(embedding)"),
    Case("embedding = X[:, None]\ncl.cluster(embedding)"),
    Case(
        "cl.clustering.KMeansPath().fit(X).predict(X[:, :2])",
        then="cl.clustering.KMeansPath().fit(X).predict(X)",
    ),
    Case(NAN + "embedding = X\ncl.cluster(embedding)"),
    Case(NAN + "cl.clustering.KMeansPath().fit(X)"),
    Case(NAN + "cl.SpectralPath(n_clusters=3).fit(X)"),
    Case("cl.cluster(embedding, n_clusters=[])"),
    Case("cl.cluster(embedding, n_clusters=0)"),
    Case("cl.cluster(embedding[:5], n_clusters=1000)"),
    Case("cl.cluster(X[[0, 1, 2] * 30], n_clusters=-1)"),
    Case("cl.cluster(X[[0, 1, 2] * 30], n_clusters=5)"),
    Case("X = images.images / 255\ncl.SpectralPath(n_clusters=3).fit(X)"),
    Case("X = images.images.astype(int)\ncl.SpectralPath(n_clusters=3).fit(X)"),
    Case("X = images.images - 1000.0\ncl.SpectralPath(n_clusters=3).fit(X)"),
    Case("cl.SpectralPath(n_clusters=3, features='gradients').fit(X)"),
    Case("cl.SpectralPath(n_clusters=3, features='edges').fit(images)"),
    Case("cl.SpectralPath(n_clusters=3, features='gradient').fit(images)"),
    Case("cl.clustering.KMeansPath(n_micro=0).fit(X)"),
    Case("cl.clustering.KMeansPath(seed=-1).fit(X)"),
    Case("path.moved(5)"),
    Case(
        "cl.cluster(embedding, n_clusters=5).moved(5)",
        then="cl.cluster(embedding, n_clusters=(5, 6)).moved(5)",
    ),
    Case("path.at(99)"),
    Case("path.at('three')"),
    Case("cl.clustering.kmeans_steps(X, centers=X[0])"),
    Case("cl.clustering.kmeans_steps(X, centers='random')"),
    Case("cl.clustering.kmeans_steps(X, X[:3], max_steps=0)"),
    Case("cl.clustering.matched_accuracy([0] * 300, truth=few.labels)"),
    Case("labels = ['a', 'b']\ncl.clustering.contingency(labels, [0, 1])"),
    Case("labels = np.array([0.5, np.nan])\ncl.clustering.contingency(labels, [0, 1])"),
    Case("truth = np.eye(3)\ncl.clustering.contingency([0, 1, 2], truth)"),
    Case("cl.clustering.contingency([], [])", then="cl.clustering.contingency([0], [0])"),
    Case("cl.clustering.project(X, method='umap')"),
    Case("vectors = X[:, None]\ncl.clustering.project(vectors)"),
    Case("vectors = X\nvectors[3] = np.inf\ncl.clustering.project(vectors)"),
    Case("cl.SpectralPath(n_clusters=3).fit(X[:1])"),
    Case("cl.SpectralPath(n_clusters=9).fit(X[[0, 1, 2] * 5])"),
    Case(
        "cl.SpectralPath(n_clusters=3).fit(X).joined(X[:9])",
        then="cl.SpectralPath(n_clusters=3).fit(X).joined(X)",
    ),
    Case("cl.SpectralPath(n_clusters=3).fit(X).at(k=40)"),
    Case("cl.SpectralPath(n_clusters=3).fit(X).at(k=4000)"),
    Case("cl.SpectralPath(n_clusters=3).fit(X).at(k='3')"),
    Case("cl.SpectralPath(n_clusters=0).fit(X[:5])"),
    Case("cl.SpectralPath(n_clusters=3, n_neighbors=0).fit(X)"),
    Case("cl.SpectralPath(n_clusters=3, n_eigenvectors=2.5).fit(X)"),
    Case("cl.SpectralPath(n_clusters=3, seed=-1).fit(X)"),
    Case("cl.SpectralPath(n_clusters=3, power=2).fit(X)"),
    Case("cl.clustering.repeat_kmeans(X, n_clusters=3, runs=0)"),
    Case("cl.clustering.repeat_kmeans(X, n_clusters=3, seed='a')"),
    Case("X = np.array([[1e9], [1e9 + 64], [0], [5]])\ncl.clustering.KMeansPath(n_clusters=4).fit(X)"),
]

EMBEDDING = [
    Case("vectors = few.images[..., 0]\ncl.Embedding(vectors, None, None, 'pixels', False)"),
    Case(
        "cl.Embedding(np.empty((0, 3)), None, None, 'pixels', False)",
        then="cl.Embedding(np.ones((1, 3)), None, None, 'pixels', False)",
    ),
    Case(NAN + "vectors = X\ncl.Embedding(vectors, None, None, 'pixels', False)"),
    Case(
        "cl.Embedding(X, few.labels[:9], None, 'pixels', False)",
        then="cl.Embedding(X, few.labels, None, 'pixels', False)",
    ),
    Case("cl.embed(model)"),
    Case("cl.embed('vae', images)"),
    Case("cl.embed(model, images, what='votes')"),
]

VARIANTS = "from capslab.routing import variants\n"
LENGTHS = (
    VARIANTS + "primary = model.primary(images[:1])[0]\nvotes = model.routing_weights().votes(primary)\n"
    "variants.em_routing(votes, activations=np.linalg.norm(primary, axis=-1))"
)
COMPARED = "caps = model\ncl.plots.routing_compared({'dynamic': cl.route(caps, images[0])})"
ROUTING = [
    Case(
        "from capslab.routing import ablation\nlearned = model.routing_weights()\nparts = model.primary(images)[0]\nablation.route_all(parts, learned)"
    ),
    Case(
        "from capslab.routing import ablation\nablation.route_all(model.primary(images), model.routing_weights(), iterations=0)"
    ),
    Case("votes = votes[0]\ncl.routing.routing_by_agreement(votes)"),
    Case(VARIANTS + "variants.route_votes(votes, 'dynamics')"),
    Case(
        VARIANTS + "variants.route_votes(votes, 'em', learned=[1])",
        then=VARIANTS + "variants.route_votes(votes, 'dynamic', learned=model.routing_weights().learned)",
    ),
    Case(VARIANTS + "variants.em_routing(votes, activations=np.ones(3))", then=LENGTHS),
    Case(VARIANTS + "variants.em_routing(votes, activations=np.full(12, 7.0))", then=LENGTHS),
    Case(VARIANTS + "variants.em_routing(votes, iterations=0)"),
    Case(VARIANTS + "variants.uniform_routing(votes, iterations=0)"),
    Case(VARIANTS + "variants.attention_routing(votes, prior=np.ones(3))"),
    Case(
        "model = cl.CapsNet((8, 8, 1), 10, routing='em')\ncl.draw_digit(model)",
        then="model = cl.CapsNet((8, 8, 1), 10, routing='em')\nimage = images[0]\ncl.route(model, image)\n"
        'cl.draw_digit(cl.CapsNet((8, 8, 1), 10, routing="dynamic"))',
    ),
    Case("cl.route(model, images[7], routing='EM')"),
    Case("cl.show_routing(model, images, routing='EM')"),
    Case("cl.plots.routing_compared({})", then=COMPARED),
    Case(
        "one = cl.routing.routing_by_agreement(votes)\nother = cl.routing.routing_by_agreement(votes[:5])\n"
        "cl.plots.routing_compared({'a': one, 'b': other})",
        then=COMPARED,
    ),
    Case("cl.plots.routing_compared({'a': cl.routing.routing_by_agreement(votes)}, digit=9)"),
    Case("cl.routing.routing_by_agreement(votes[0, 0, 0])", then="cl.routing.routing_by_agreement(votes)"),
    Case("cl.routing.routing_by_agreement(votes[None, None])", then="cl.routing.routing_by_agreement(votes)"),
    Case("votes[0, 0] = np.nan\ncl.routing.routing_by_agreement(votes)"),
    Case("cl.routing.routing_by_agreement(votes, iterations=0)"),
    Case("cl.route(dense, images[7])"),
    Case("image = images\ncl.route(model, image)"),
]

OWN_MODEL = (
    "import keras\nimages = few\n"
    "class Own(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
    "        self.first = keras.layers.Conv2D(2, 3)\n"
    "    def call(self, x):\n        return self.first(x)\n"
    "model = Own()\n"
)
PLOTS = [
    Case("model = cl.DenseBaseline.for_images(few)\nimages = few\ncl.plots.training_curves('loss')"),
    Case("cl.plots.scores_with_spread({}, label='accuracy')"),
    Case(
        "x, numbers = [1, 2], [3, 4]\ncl.plots.lines(x, numbers, 'n', 'seconds')",
        then="x, numbers = [1, 2], [3, 4]\ncl.plots.lines(x, {'a name': numbers}, 'n', 'seconds')",
    ),
    Case("cl.plots.lines([1, 2], {'a': [0, 3]}, 'n', 'seconds', log=True)"),
    Case(
        "cl.plots.lines([1, 2], {'a': [1, 2, 3]}, 'n', 'seconds')",
        then="cl.plots.lines([1, 2], {'a': [1, 2]}, 'n', 'seconds')",
    ),
    Case(
        "cl.plots.lines([1, 2], {'a': 'few'}, 'n', 'seconds')",
        then="cl.plots.lines([1, 2], {'a': [1, 2]}, 'n', 'seconds')",
    ),
    Case("truth, predicted = few.labels, few.labels\ncl.plots.confusion(predicted)"),
    Case(
        "cl.plots.confusion(np.eye(3, dtype=int), classes=['a', 'b'])",
        then="cl.plots.confusion(np.eye(3, dtype=int), classes=['a', 'b', 'c'])",
    ),
    Case("cl.plots.scatter(embedding.vectors, few.labels)"),
    Case(
        "from capslab.lessons import results\nrows = results.load('classical').rows\nmethod = rows[0]['method']\ncl.plots.growth_curves([])"
    ),
    Case(
        "cl.plots.cluster_flow(embedding, [8, 10])",
        then="cl.plots.cluster_flow(cl.cluster(embedding), [8, 10, 12])",
    ),
    Case("path = cl.cluster(embedding)\nks = 10\ncl.plots.cluster_flow(path, ks)"),
    Case("path = cl.cluster(embedding)\nks = [2, 99]\ncl.plots.cluster_flow(path, ks)"),
    Case(
        "path = cl.cluster(embedding, n_clusters=10)\ncl.plots.cluster_flow(path, [10, 12])",
        then="path = cl.cluster(embedding, n_clusters=range(2, 11))\ncl.plots.cluster_flow(path, [8, 10])",
    ),
    Case(
        "path = cl.cluster(X)\ncl.plots.cluster_flow(path, [2, 4], images=few[:3])",
        then="images = few\npath = cl.cluster(cl.embed(images))\ncl.plots.cluster_flow(path, [2, 4])",
    ),
    Case("cl.plots.image_grid(few, columns=0)"),
    Case("images = few.images[0, ..., 0]\ncl.plots.image_grid(images)"),
    Case("cl.plots.image_grid('mnist')"),
    Case("cl.plots.manifold(few.images, columns=7)"),
    Case("cl.plots.manifold(few.images[:7])"),
    Case(
        "p = dense.probabilities(few)\nconfidence = p\ncl.plots.reliability_diagram(confidence, p.argmax(axis=1) == few.labels)"
    ),
    Case(
        "cl.plots.reliability_diagram([70, 99], [True, True])",
        then="cl.plots.reliability_diagram([0.7, 0.99], [True, True])",
    ),
    Case("cl.plots.routing_maps(cl.route(model, few[0]), digits=[99])"),
    Case("points, labels = cl.clustering.project(embedding), few.labels\ncl.plots.scatter_panels({})"),
    Case(
        "vectors, labels = X, few.labels\npanels = {'a': (vectors, labels)}\ncl.plots.scatter_panels(panels)",
        then="vectors, labels = X, few.labels\ncl.plots.scatter_panels({'a': (cl.clustering.project(vectors), labels)})",
    ),
    Case("cl.plots.table([{'a': 1}], columns={'b': 'B'})"),
    Case("cl.plots.table([])"),
    Case("cl.plots.table([{'a': 1}], best={'a': 'most'})"),
    Case(
        "cl.plots.table([{'a': 'x', 'b': 1}], best={'a': 'high', 'b': 'low'})",
        then="cl.plots.table([{'a': 'x', 'b': 1}], best={'b': 'low'})",
    ),
    Case("cl.plots.drawing('neurone')"),
    Case("cl.plots.drawing(3)"),
    Case("picture = cl.plots.drawing('pose')\npicture.save('pose.png')"),
    Case("images = few\ncl.plots.architecture(3)"),
    Case(
        "import keras\nimages = few\nmodel = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])\ncl.plots.architecture(model)",
        then="import keras\nimages = few\nmodel = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])\n"
        "model.build((None, *images.image_shape))\ncl.plots.architecture(model)",
    ),
    Case("import keras\nimages = few\ncl.plots.architecture(keras.Sequential())"),
    Case(
        OWN_MODEL + "cl.plots.architecture(model)",
        then=OWN_MODEL + "model(images.images[:1] / 255)\ncl.plots.architecture(model)",
    ),
    Case("cl.plots.architecture(model, mine=3)"),
    Case("cl.plots.architecture(model, mine='squosh')"),
    Case(
        "import keras\nflat = keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten()])\n"
        "cl.plots.architecture(flat, mine='dense')"
    ),
]

DENSE = "model = cl.DenseBaseline.for_images(few)\nimages = few\n"
TRAINING = [
    Case("import keras\nimages = few\ncl.fit(keras.Sequential(), few, epochs=1)"),
    Case(
        "pixels, labels = few.images, few.labels\ncl.fit(cl.DenseBaseline.for_images(few), images=pixels, epochs=1)"
    ),
    Case("cl.fit(cl.DenseBaseline.for_images(few), images='digits', epochs=1)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), images=7, epochs=1)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=0)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, batch_size=0.5)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, seed=-1)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, learning_rate=0)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, seconds=5)"),
    Case("images = plain\ncl.fit(cl.DenseBaseline.for_images(few), images, epochs=1)"),
    Case(
        "images = cl.Images(few.images, few.labels + 5)\ncl.fit(model=cl.DenseBaseline.for_images(few), images=images, epochs=1)"
    ),
    Case(
        "cl.fit(cl.DenseBaseline.for_images(few), few[few.labels == 3], epochs=1)",
        then="cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1)",
    ),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, checkpoint=3)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, checkpoint='/proc/nowhere')"),
    Case(
        "import pathlib\npathlib.Path('own.npz').write_bytes(b'')\nnp.savez('own.npz', a=1)\ncl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, checkpoint='own.npz')"
    ),
    Case(
        "cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, checkpoint='c.npz')\ncl.fit(cl.DenseBaseline.for_images(few, hidden=3), few, epochs=1, checkpoint='c.npz')"
    ),
    Case("cl.fit(cl.VAE.for_images(few), few, epochs=1, class_weight={3: 2.0})"),
    Case("images = few\ncl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, sample_weight=[1, 2])"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, class_weight=2)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, class_weight={'seven': 2})"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, class_weight={3: 'more'})"),
    Case("cl.fit(cl.models.OverlapNet((12, 12, 1), few.classes), few, seconds=0)", then=""),
    Case("cl.fit(cl.models.OverlapNet((12, 12, 1), few.classes), few, seconds=1, epochs=1)"),
    Case("cl.fit(cl.models.OverlapNet((12, 12, 1), few.classes), few, seconds=1, class_weight={3: 2.0})"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, devices=99)"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=1, devices='gpu')"),
    Case("cl.fit(cl.DenseBaseline.for_images(few), few, epochs=2, learning_rate=1e30)"),
    Case("cl.ready('capsnt', few)"),
]

LABELFREE = [
    Case(
        "cl.LabelFree(n_clusters=2, steps=(2, 2)).fit(images).predict(np.zeros((3, 9, 9, 1), np.uint8))",
        then="cl.LabelFree(n_clusters=2, steps=(2, 2)).fit(images).predict(np.zeros((3, 8, 8, 1), np.uint8))",
    ),
    Case("cl.LabelFree(n_clusters=2, steps=7).fit(images)"),
    Case("cl.LabelFree(n_clusters=2, steps=(2, 2), graph='gradients').fit(images)"),
    Case("cl.LabelFree(n_clusters=2, steps=(2, 2), views=-1).fit(images)"),
    Case("cl.LabelFree(n_clusters=1, steps=(2, 2)).fit(images)"),
    Case("cl.LabelFree(n_clusters=2, steps=(2, 2)).fit('digits')"),
    Case("cl.LabelFree(n_clusters=2, steps=(2, 2), jitter={'spin': 1}).fit(images)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=0)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=2, batch_size=0)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=2, seed=-1)"),
    Case("cl.labelfree.selftrain(images, labels=[1, 2], steps=2)"),
    Case("cl.labelfree.selftrain(images, labels=0 * images.labels, steps=2)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=2, learning_rate=0)"),
    Case("cl.labelfree.selftrain(images, images.labels, steps=2, widths=(8, 8))"),
    Case("cl.labelfree.contrast('digits', steps=2)"),
    Case("cl.labelfree.contrast(images, steps=2, batch_size=1)"),
    Case("cl.labelfree.contrast(images, steps=2, temperature=0)"),
    Case("cl.labelfree.contrast(images, steps=2, gamma=-1)"),
    Case("cl.labelfree.contrast(images, steps=2, erase=2)"),
    Case("cl.labelfree.contrast(images, steps=2, flip='yes')"),
]

CONTROLS = "from capslab.lessons.routing_controls import RoutingControls\n"
JUDGED = "from capslab.lessons.judge_draws import quality\n"
VAES = "from capslab.lessons import beta_runs, vae_runs\n"
CLOUDS = "from capslab.lessons import vote_clouds\n"
LESSONS = [
    Case("cl.beta_sweep(cl.load(), betas=[])"),
    Case(CONTROLS + "RoutingControls('fashion')"),
    Case(CONTROLS + "RoutingControls('digits').measured('high')"),
    Case(CONTROLS + "RoutingControls('digits').accuracy('two iterations')"),
    Case("from capslab.lessons import viewpoints\nviewpoints.many_pairs().accuracies('capsule', 'new')"),
    Case(JUDGED + "quality(X[:3], X)", then=JUDGED + "quality(X, X)"),
    Case(JUDGED + "quality(X, X[:, :2])", then=JUDGED + "quality(X, X)"),
    Case(JUDGED + "quality(X, X, neighbours=0)"),
    Case("from capslab.lessons import dense_mends\ndense_mends.measured('mnits')"),
    Case("from capslab.lessons import dense_mends\ndense_mends.measured('mnist', 'conv')"),
    Case(VAES + "vae_runs.measured('mnits')"),
    Case(VAES + "beta_runs.measured('mnits')"),
    Case("from capslab.lessons import same_images\nsame_images.measured('mnits')"),
    Case(
        "from capslab.lessons import same_images\nsame_images.score_methods(X, few.labels, 2, methods=['kmeans'])"
    ),
    Case("from capslab.lessons import choosing_k\nchoosing_k.rows_of('MINST')"),
    Case(
        "from capslab.lessons import small_graph\nsmall_graph.join(few, (0, 1), 5, m=0)",
        then="from capslab.lessons import small_graph\nsmall_graph.join(cl.load(), (0, 1), 5, m=4)",
    ),
    Case(
        "from capslab.lessons import small_graph\nsmall_graph.join(cl.data.Images(few.images))",
        then="from capslab.lessons import small_graph\nsmall_graph.join(cl.load())",
    ),
    Case(VAES + "vae_runs.bundled('vae-mnist-bets')"),
    Case(CLOUDS + "vote_clouds.two_clouds(apart=-1)"),
    Case(CLOUDS + "vote_clouds.two_clouds(seed=-1)"),
    Case(CLOUDS + "vote_clouds.kmeans_owners(votes, iterations=1)"),
    Case("from capslab.lessons import classical_methods, results\nclassical_methods.run('kmeans', few, few)"),
    Case(
        "from capslab.lessons import classical_methods, results\nclassical_methods.run('k-means', train=plain, test=few)"
    ),
    Case(
        "from capslab.lessons import classical_methods, results\nclassical_methods.agreement([few.labels])",
        then="from capslab.lessons import classical_methods, results\nclassical_methods.agreement([few.labels, few.labels])",
    ),
    Case(
        "from capslab.lessons import classical_methods, results\nclassical_methods.growth_exponent([5, 5], [1, 2])",
        then="from capslab.lessons import classical_methods, results\nclassical_methods.growth_exponent([5, 6], [1, 2])",
    ),
    Case(
        "from capslab.lessons import classical_methods, results\nclassical_methods.growth_exponent([5, 6], [0, 2])",
        then="from capslab.lessons import classical_methods, results\nclassical_methods.growth_exponent([5, 6], [1, 2])",
    ),
    Case(
        "from capslab.lessons import classical_methods, results\nclassical_methods.growth_curve(results.load('classical').rows, 'kmeans')"
    ),
    Case(
        "from capslab.lessons import classical_methods, results\n"
        "classical_methods.growth_exponents(results.load('classical').rows, 'kmeans')"
    ),
    Case(
        "from capslab.lessons.clinic import Clinic\nClinic(None, {'A': 1})['Z']",
        then="from capslab.lessons.clinic import Clinic\nClinic(None, {'A': 1})['A']",
    ),
    Case(
        "from capslab.lessons import true_classes\ntrue_classes.inertia_ratios(few, samples=0)",
        then="from capslab.lessons import true_classes\ntrue_classes.inertia_ratios(few)",
    ),
    Case("cl.load_other('mnist')"),
    Case("cl.plots.palette(0, 'grey')", then='cl.plots.palette(0, "dark")'),
    Case(
        "cl.plots.weight_maps(np.full((2, 8, 8), np.nan))",
        then="W = np.ones((64, 2))\ncl.plots.weight_maps(W.T.reshape(-1, 8, 8))",
    ),
    Case("cl.plots.weight_maps(np.ones((2, 8, 8)), columns=0)"),
    Case(
        "weights = np.triu(np.ones((2, 2)), 1)\ncl.plots.value_graph(few[:2], weights, np.eye(2), {'v': [1, 2]})",
        then="weights = np.triu(np.ones((2, 2)), 1)\n"
        "cl.plots.value_graph(few[:2], weights + weights.T, np.eye(2), {'v': [1, 2]})",
    ),
    Case(
        "cl.plots.value_graph(few[:3], np.zeros((3, 3)), np.eye(3), {'v': [1, 2, 3]})",
        then="vectors = np.eye(3)\nplaces = cl.clustering.project(vectors)\n"
        "cl.plots.value_graph(few[:3], np.zeros((3, 3)), places, {'v': [1, 2, 3]})",
    ),
    Case(
        "cl.plots.value_graph(few[:2], np.zeros((2, 2)), np.eye(2), {'v': [1]})",
        then="cl.plots.value_graph(few[:2], np.zeros((2, 2)), np.eye(2), {'v': [1, 2]})",
    ),
    Case(
        "cl.plots.value_graph(few[:2], np.zeros((2, 2)), np.eye(2), {})",
        then="numbers = [1, 2]\n"
        'cl.plots.value_graph(few[:2], np.zeros((2, 2)), np.eye(2), {"a title": numbers})',
    ),
    Case(
        "from capslab.widgets.shared import projection\nprojection.project_to_plane(X, 'pac', 0)",
        then="from capslab.widgets.shared import projection\nprojection.project_to_plane(X, 'pca', 0)",
    ),
    *VERDICTS,
    Case("from capslab.lessons import results\nresults.load('capsule')"),
]

NAN_EMBEDDING = "embedding.vectors[0, 0] = np.nan\n"
WIDGETS = [
    Case("images = few\ncl.explore_beta(few)"),
    Case("view = cl.explore_beta(cl.beta_sweep(images))\nview.at = 99"),
    Case("cl.explore_clusters(embedding, path='k-means')"),
    Case("cl.explore_clusters(embedding, path=cl.cluster(X[:9]))"),
    Case("images = few\ncl.explore_clusters(few)"),
    Case(NAN_EMBEDDING + "cl.explore_clusters(embedding)"),
    Case(NAN_EMBEDDING + "cl.compare(embedding, embedding)", then="cl.compare(embedding[1:], embedding[1:])"),
    Case("cl.explore_clusters(embedding, k=99)"),
    Case("cl.explore_clusters(embedding[[0, 0, 0]])", then="cl.explore_clusters(embedding)"),
    Case("cl.explore_clusters(embedding, color='class')"),
    Case("cl.explore_clusters(cl.embed(plain), color='label')"),
    Case("cl.explore_clusters(embedding, path=path, method='isomap')"),
    Case("cl.explore_clusters(embedding, path=path, method='umap')"),
    Case("cl.explore_clusters(embedding, path=path, hide=['everything'])"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.k = 99"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.method = 'isomap'"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.method = 'umap'"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.find = '11'"),
    Case("view = cl.explore_clusters(cl.embed(plain), path=path)\nview.find = '1'"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.image = 9999"),
    Case("cl.clustering.layouts.lay_out(X, 'pca')"),
    Case("cl.explore_cloud(embedding, path=path, angles=(0, 120))"),
    Case("view = cl.explore_cloud(embedding, path=path)\nview.angles = (0, 120)"),
    Case(
        "embedding = cl.Embedding(X[:, :2], None, None, 'plane', False)\ncl.explore_cloud(embedding)",
    ),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.selection = [9999]"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.selection = 'all'"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.selected = 'AAAA'"),
    Case("view = cl.explore_clusters(embedding, path=path)\nview.state = 'k=3'"),
    Case(
        'view = cl.explore_clusters(embedding, path=path)\nview.state = view.state.replace(\'"view": "\', \'"view": "X\')'
    ),
    Case(
        "view = cl.explore_clusters(embedding, path=path)\ncl.explore_clusters(embedding, path=path, state=view.state.replace('\"v\": 2', '\"v\": 1'))"
    ),
    Case(
        "view = cl.explore_clusters(embedding, path=path)\ncl.explore_clusters(embedding, path=path, state=view.state.replace('\"cluster\"', '7'))"
    ),
    Case("cl.compare(embedding, embedding, seeds=0)"),
    Case("cl.compare(embedding)"),
    Case("one, other = embedding, embedding\ncl.compare(*[embedding] * 5)"),
    Case("cl.compare(embedding, embedding[:9])", then="cl.compare(embedding, embedding)"),
    Case("cl.draw_digit(embedding)"),
    Case("model = dense\ncl.draw_digit(vae)"),
    Case("cl.draw_digit(model, vae=dense)"),
    Case("cl.draw_digit(model, vae=cl.pretrained('vae-mnist'))"),
    Case("view = cl.draw_digit(dense)\nview.strokes = [1, 2]"),
    Case("view = cl.draw_digit(dense)\nview.pen = 3"),
    Case("cl.explore_latent(dense)"),
    Case("cl.explore_latent(vae, images='digits')"),
    Case(
        "cl.explore_latent(vae, images=cl.Images(np.zeros((3, 9, 9, 1), np.uint8)))",
        then="cl.explore_latent(vae, cl.load())",
    ),
    Case("cl.explore_latent(vae, index=3)"),
    Case("cl.explore_latent(vae, images, index=3000)"),
    Case("cl.explore_latent(vae, images, color='class')"),
    Case("cl.explore_latent(vae, images, color='cluster')"),
    Case("cl.explore_latent(cl.pretrained('plane-digits'), plain, color='label')"),
    Case("view = cl.explore_latent(vae)\nview.other = 3"),
    Case("view = cl.explore_latent(vae, images)\nview.mix = 3"),
    Case("view = cl.explore_latent(vae, images)\nview.z = [1, 2]"),
    Case("view = cl.explore_latent(vae, images)\nview.z = [np.nan] * vae.latent_dim"),
    Case("cl.explore_overlap(model, images)"),
    Case("cl.explore_overlap(overlap_net, images=few.images)"),
    Case(
        "cl.explore_overlap(overlap_net, cl.Images(np.zeros((4, 99, 99, 1), np.uint8), [0, 1, 0, 1]))",
        then="cl.explore_overlap(overlap_net, cl.load())",
    ),
    Case("cl.explore_overlap(overlap_net, images, pairs=[3, 8])"),
    Case("view = cl.explore_overlap(overlap_net, images)\nview.shift = 99"),
    Case("image = images\ncl.explore_pose(model, image)"),
    Case("image = images.images[7] / 255\ncl.explore_pose(model, image)"),
    Case("image = images.images\ncl.explore_pose(model, image)"),
    Case("cl.explore_pose(model, np.zeros((9, 9), np.uint8))", then="cl.explore_pose(model, cl.load()[7])"),
    Case("cl.explore_pose(model, images[7], capsule='seven')"),
    Case("cl.explore_pose(model, images[7], capsule=10)"),
    Case("cl.show_network(dense, images)"),
    Case(
        "model = cl.models.CapsNet((8, 8, 1), 10)\nmodel.digit_capsules.bias.assign(np.full((10, 8), np.nan))\ncl.show_network(model, images)",
        then='cl.show_network(cl.pretrained("capsnet-digits"), images)',
    ),
    Case("image = 'seven.png'\ncl.show_network(model, image)"),
    Case("image = images.images\ncl.show_network(model, image)"),
    Case("image = images.images[..., 0]\ncl.show_network(model, image)"),
    Case("image = images.images[7] / 255\ncl.show_network(model, image)"),
    Case("image = images.images[7] / 1\ncl.show_network(model, image)"),
    Case("image = images.images[7].astype(int)\ncl.show_network(model, image)"),
    Case("image = np.full((8, 8), np.nan)\ncl.show_network(model, image)"),
    Case(
        "image = np.zeros((9, 9), np.uint8)\ncl.show_network(model, image)",
        then="cl.show_network(model, cl.load()[7])",
    ),
    Case("cl.show_network(model, images, index=999)"),
    Case("cl.show_network(model, images, iterations=0)"),
    Case("view = cl.show_network(model, images)\nview.iteration = 9"),
    Case("view = cl.show_network(model, images)\nview.part = 3"),
    Case("view = cl.show_network(model, images)\nview.part = 'capsule'"),
    Case("view = cl.show_network(model, images)\nview.part = ('digit', 10)"),
    Case("view = cl.show_network(model, images)\nview.part = ('digit', 'seven')"),
    Case("view = cl.show_network(model, images)\nview.part = ('map', 7, 0, 0, 0)"),
    Case(
        "view = cl.show_network(model, images)\nview.part = ('map', 0, cl.show_network(model, images).layers[0]['drawn'][0], 9, 9)"
    ),
    Case("cl.show_routing(dense, images)"),
    Case("cl.show_routing(model, images, iterations=0)"),
    Case("view = cl.show_routing(model, images)\nview.iteration = 9"),
    Case("view = cl.show_routing(model, images)\nview.quantity = 'vote'"),
    Case("cl.routing_sandbox(votes='random')"),
    Case("cl.routing_sandbox(votes=[1, 2, 3])"),
    Case("cl.routing_sandbox(votes=np.zeros((1, 2, 2)))"),
    Case("cl.routing_sandbox(votes=np.full((3, 2, 2), np.nan))"),
    Case("votes = np.full((3, 2, 2), 50.0)\ncl.routing_sandbox(votes=votes)"),
    Case("cl.routing_sandbox(preset='two')"),
    Case("cl.routing_sandbox(parents=9)"),
    Case("view = cl.routing_sandbox()\nview.iteration = 99"),
    Case("view = cl.routing_sandbox()\nview.selected = [99, 99]"),
    Case("view = cl.routing_sandbox()\nview.carried = ['a']"),
    Case("cl.explore_convolution(few, kernel=3)"),
    Case("cl.explore_convolution(few, kernel=[[1, 2], [3]])"),
    Case("cl.explore_convolution(few, kernel='horizontal')"),
    Case(
        "cl.explore_convolution(few, kernel=[[1, np.nan]])",
        then="cl.explore_convolution(few, kernel=[[1, 0]])",
    ),
    Case("cl.explore_convolution(few.images)"),
    Case("cl.explore_convolution(few, stride=0)"),
    Case("view = cl.explore_convolution(few)\nview.stride = 4"),
    Case("cl.explore_convolution(cl.Images(np.zeros((5, 5, 5), np.uint8)), kernel=np.ones((7, 7)))"),
    Case("cl.explore_convolution(cl.Images(np.zeros((5, 4, 1, 1), np.uint8)))"),
    Case("view = cl.explore_convolution(few)\nview.row = 9"),
    Case("view = cl.explore_convolution(few)\nview.column = -1"),
    Case("cl.travel(embedding, embedding, position=9)"),
    Case("view = cl.travel(embedding, embedding)\nview.position = 1.5"),
    Case("cl.travel(embedding)"),
    Case("one, other = embedding, embedding\ncl.travel(*[embedding] * 5)"),
    Case("cl.travel(embedding, embedding, k=99)"),
    Case("cl.turn_toy('cart')"),
    Case("view = cl.turn_toy()\nview.kind = 'cart'"),
    Case("cl.turn_toy(instance=10)"),
    Case("cl.turn_toy(elevation=91)"),
    Case("view = cl.turn_toy()\nview.azimuth = 360"),
    Case("cl.turn_toy(model=few)"),
    Case("cl.turn_toy(model=model)"),
    Case("narrow = cl.CapsNet((28, 20, 1), ['car', 'truck'])\ncl.turn_toy(model=narrow)"),
    Case("cl.turn_toy(seen=[0, 18])", then="cl.turn_toy(model=toy_net, seen=[0, 18])"),
    Case("cl.turn_toy(model=toy_net, seen=few)"),
    Case("cl.turn_toy(model=toy_net, seen='all')"),
    Case("cl.explore_posterior(x=9)"),
    Case("cl.explore_posterior(std=0)"),
    Case("view = cl.explore_posterior()\nview.mean = -4"),
    Case("cl.explore_posterior(decoder='strait')"),
    Case("view = cl.routing_sandbox()\nview.preset = 'two'"),
    Case("cl.network_sandbox(points=few)"),
    Case("cl.network_sandbox(points=([[0, 0], [1]], [0, 1]))"),
    Case("cl.network_sandbox(points=([0, 1], [0, 1]))"),
    Case("cl.network_sandbox(points=([[0, 0], [1, 1]], [0, 1, 1]))"),
    Case("cl.network_sandbox(points=([[0, 0]], [0]))"),
    Case("cl.network_sandbox(points=([[0, 0], [1, 1]], [0.5, 1]))"),
    Case("cl.network_sandbox(points=([[0, 0], [1, 1]], [1, 1]))"),
    Case(
        "cl.network_sandbox(points=([[0, np.nan], [1, 1], [2, 1]], [0, 0, 1]))",
        then="cl.network_sandbox(points=([[1, 1], [2, 1]], [0, 1]))",
    ),
    Case("cl.network_sandbox(data='moons')"),
    Case("from capslab.widgets.playground.points import plane_points\nplane_points(name='moons')"),
    Case("cl.network_sandbox(data=3)"),
    Case("cl.network_sandbox(epochs=-1)"),
    Case("cl.network_sandbox(hidden=17)"),
    Case("view = cl.network_sandbox()\nview.layers = 3"),
    Case("view = cl.network_sandbox()\nview.activation = 'tanhh'"),
    Case("view = cl.network_sandbox()\nview.learning_rate = 0"),
    Case("view = cl.network_sandbox()\nview.seed = -1"),
    Case("view = cl.network_sandbox()\nview.train(0)"),
    Case(
        "view = cl.network_sandbox()\nview.network = {}",
        then="cl.network_sandbox().train(1)",
    ),
    Case(
        "view = cl.network_sandbox()\nview.network = {**view.network, 'of': []}",
        then="cl.network_sandbox().train(1)",
    ),
    Case(
        "view = cl.network_sandbox()\nview.network = {**view.network, 'trained': [1]}",
        then="cl.network_sandbox().train(1)",
    ),
    Case(
        "view = cl.network_sandbox()\nview.network = {**view.network, 'history': []}",
        then="cl.network_sandbox().train(1)",
    ),
    Case(
        "view = cl.network_sandbox(epochs=1)\nview.network = {**view.network, 'weights': []}",
        then="cl.network_sandbox().train(1)",
    ),
    Case(
        "from capslab.widgets import TrainingView\nTrainingView('DenseBaseline', epochs=0, metrics=['loss'])"
    ),
]

EXERCISES = [
    Case("cl.exercises.find('squish')"),
    Case("cl.exercises.find('zz')", then="cl.progress()"),
    Case("def squash(s): return s\ncl.mine('squash', squash(X))"),
    Case("cl.mine('squash', 3)", then='def squash(s): return s\ncl.mine("squash", squash)'),
    Case(
        "cl.mine('diagnosis', {})",
        then='diagnosis = {}\ncl.check("diagnosis", diagnosis)',
    ),
    Case("count_weights = len\ncl.mine('count_weights', count_weights, in_network=True)"),
]

ROOMS = [*CLUSTERING, *EMBEDDING, *ROUTING, *PLOTS, *LESSONS, *WIDGETS, *EXERCISES, *GUESSES]
QUICK = [*DATA, *MODELS, *AUTHORS, *ROOMS, *FEIGNED]
SLOW = [*MODELS_SLOW, *TRAINING, *LABELFREE, *FEIGNED_SLOW]  # following their advice trains networks
CASES = [*QUICK, *SLOW]
