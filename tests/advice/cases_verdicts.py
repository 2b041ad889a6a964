"""Mistakes with claims and their verdicts: samples that judge nothing, and what the kind does not need."""

from advice.follow_advice import Case

SIDES = "ours, baseline, values = [0.7, 0.6, 0.8], [0.5, 0.4, 0.6], np.eye(5)[:, :4]\n"
JUDGED = SIDES + "cl.verdict('vae-clusters', ours, baseline)"
NETWORKS = (
    "from capslab.lessons import repeated_networks\nfrom capslab.lessons.repeated_networks import FOLDER\n"
)
SAMPLES = "from capslab.lessons.cluster_samples import kmeans_right\n"
FOUND = "from capslab.lessons import what_was_found\nfound = what_was_found.findings()\n"
WRONG = "from capslab.lessons import wrong_labels\n"
RUNS = "from capslab.lessons import memory_runs\n"
VERDICTS = [
    Case(FOUND + "found.count('true')"),
    Case(FOUND + "found.count('holds', 'article C')"),
    Case(FOUND + "found.closest(0)"),
    Case(WRONG + "shares = [0, 30]\nwrong_labels.accuracies(few, few, shares)"),
    Case(WRONG + "wrong_labels.accuracies(few, few, [0, 0.3], kind='by rule')"),
    Case("from capslab.lessons import rare_class\nrare_class.recalls(few, few, repeats=0)"),
    Case(
        RUNS + "memory_runs.measure('on disk', 'images.npy')", then=RUNS + "memory_runs.LARGE['on the disk']"
    ),
    Case(SIDES + "cl.verdict('vae-cluster', ours, baseline)"),
    Case(SIDES + "cl.verdict('a VAE gives efficient clustering', ours, baseline)"),
    Case(SIDES + "cl.verdict(7, ours, baseline)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, holds=True)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, evidence=3)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, fact=True)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours)"),
    Case(SIDES + "cl.verdict('vae-clusters')"),
    Case(SIDES + "cl.verdict('vae-keeps-quality', ours, baseline)"),
    Case(SIDES + "cl.verdict('vae-keeps-quality', ours, paired=True)"),
    Case(SIDES + "cl.verdict('vae-is-gan', ours, baseline)"),
    Case("cl.verdict('vae-is-gan', evidence='no game')"),
    Case("cl.verdict('vae-is-gan', fact=False)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours=0.7, baseline=baseline)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours[:2], baseline)", then=JUDGED),
    Case(SIDES + "cl.verdict('vae-clusters', ['a', 'b', 'c'], baseline)", then=JUDGED),
    Case(SIDES + "cl.verdict('vae-clusters', [0.5, np.nan, 0.6], baseline)", then=JUDGED),
    Case(
        SIDES + "cl.verdict('vae-clusters', [70, 60, 80], baseline)",
        then=SIDES + "cl.verdict('vae-clusters', np.array([70, 60, 80]) / 100, baseline)",
    ),
    Case(
        "cl.verdict('capsules-efficient', [0, 1, 2], [1, 2, 3])",
        then="import time\nbefore = time.process_time()\nseconds = time.process_time() - before\n"
        "cl.verdict('capsules-efficient', [0.5, 1, 2], [1, 2, 3])",
    ),
    Case(
        SIDES + "cl.verdict('vae-clusters', values, baseline)",
        then=SIDES + "cl.verdict('vae-clusters', values.mean(axis=1), baseline)",
    ),
    Case(
        SIDES + "cl.verdict('vae-clusters', values, np.eye(5)[:, ::-1] / 2)",
        then=SIDES + "cl.verdict('vae-clusters', values, values[:, ::-1] / 2)",
    ),
    Case(
        SIDES + "cl.verdict('vae-clusters', values[:, :2], values[:, :2])",
        then=SIDES + "cl.verdict('vae-clusters', values.mean(axis=1), baseline)",
    ),
    Case(
        SIDES + "cl.verdict('vae-clusters', ours, [*baseline, 0.5], paired=True)",
        then=SIDES + "cl.verdict('vae-clusters', ours, [*baseline, 0.5])",
    ),
    Case(SIDES + "cl.verdict('vae-clusters', [0.5] * 3, [0.4] * 3)", then=JUDGED),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, units=3)"),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, units=('share', 'seconds'))", then=JUDGED),
    Case(SIDES + "cl.verdict('vae-clusters', ours, baseline, units='seconds')", then=JUDGED),
    Case(
        SIDES + "rows = values > 0\ncl.verdict('vae-clusters', rows[0], baseline)",
        then=SIDES + "rows = values > 0\ncl.verdict('vae-clusters', rows.mean(axis=1), baseline)",
    ),
    Case("cl.claims('99')"),
    Case(NETWORKS + "repeated_networks.load(plain)"),
    Case(NETWORKS + "repeated_networks.load(few)"),
    Case(NETWORKS + "repeated_networks.load(cl.load('digits')).embeddings('dens')"),
    Case(NETWORKS + "repeated_networks.load(cl.load('digits')).accuracies('capsul')"),
    Case(NETWORKS + "repeated_networks.load(cl.load('digits')).accuracies('VAE')"),
    Case(NETWORKS + "repeated_networks.load(cl.load('digits')).hidden_classes('dens')"),
    Case(
        NETWORKS + "import shutil\nshutil.copy(FOLDER / 'manifest.json', folder)\n"
        "repeated_networks.load(cl.load('digits'), folder).embeddings('dense')",
        then=NETWORKS + "repeated_networks.load(cl.load('digits')).embeddings('dense')",
    ),
    Case(
        NETWORKS + "import shutil\nshutil.copy(FOLDER / 'manifest.json', folder)\n"
        "(folder / 'digits-vae-0.npz').write_text('')\n"
        "repeated_networks.load(cl.load('digits'), folder).embeddings('VAE')",
        then=NETWORKS + "repeated_networks.load(cl.load('digits')).embeddings('VAE')",
    ),
    Case(
        SAMPLES + "images = few\nkmeans_right(embedding)",
        then=SAMPLES + "images = few\n[cl.embed(images)] * 5\nkmeans_right([cl.embed(images)] * 5)",
    ),
    Case(
        SAMPLES + "kmeans_right([cl.embed(plain)] * 5)",
        then=SAMPLES + "images = cl.load()\nkmeans_right([cl.embed(few)] * 5)",
    ),
    Case(
        SAMPLES + "kmeans_right([embedding, embedding[::-1]])",
        then=SAMPLES + "kmeans_right([embedding, embedding])",
    ),
]
