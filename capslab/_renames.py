"""What the first edition called things, and what they are called now.

Nothing is kept under an old name. But whoever still uses one is told the new one: by an
`AttributeError` (`cl.DenseNet`), by an `ImportError` (`import capslab.experiments`), and by
`capslab update` for the notebooks that a learner has changed.

To add a rename, add a line to one of the tables. Dotted names begin with `capslab.`.

>>> new_name("capslab.DenseNet")
'capslab.DenseBaseline'
>>> advice("capslab.experiments")
'`capslab.experiments` is now `capslab.routing.ablation`.'
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType

#: lessons of the first edition, and those that have their topics now
LESSONS = {
    "01_clustering_pixels": ("01_kmeans_by_hand", "02_which_score", "08_when_data_grow"),
    "02_dense_baseline": (
        "03_a_layer_that_learns",
        "04_backpropagation",
        "05_can_you_trust_it",
        "06_printed_network",
        "07_hidden_layer",
    ),
    "03_routing_by_agreement": ("10_parts_with_a_pose", "11_routing_by_agreement"),
    "04_capsule_network": (
        "12_build_a_capsule_network",
        "13_look_inside",
        "14_what_couplings_tell",
    ),
    "05_detect_and_segment": ("17_two_digits",),
    "06_variational_autoencoder": (
        "18_autoencoder",
        "19_surprise",
        "20_build_a_vae",
        "21_latent_space",
        "22_when_it_goes_wrong",
        "23_published_numbers",
    ),
    "07_three_representations": ("24_three_representations",),
    "08_clustering_without_labels": ("25_clusters_without_labels",),
    "09_your_own_images": ("26_your_own_images", "27_what_you_found"),
}

#: modules and packages; a module inside a package that moved is found under the package's name
MODULES = {
    # the root
    "capslab.features": "capslab.embedding",
    "capslab.home": "capslab._home",
    # classroom
    "capslab.grading": "capslab.classroom",
    "capslab.grading.asking": "capslab.classroom.question_submission",
    "capslab.grading.classroom": "capslab.classroom.folder",
    "capslab.grading.collecting": "capslab.classroom.collect",
    "capslab.grading.grade": "capslab.classroom.grade_class",
    "capslab.grading.inside": "capslab.classroom.run_student_code",
    "capslab.grading.launch": "capslab.classroom.sandbox_limits",
    "capslab.grading.marking": "capslab.classroom.score_submission",
    "capslab.grading.outcome": "capslab.classroom.outcome",
    "capslab.grading.pages": "capslab.classroom.sanitize",
    "capslab.grading.releasing": "capslab.classroom.release",
    "capslab.grading.replay": "capslab.classroom.decode_answers",
    "capslab.grading.reporting": "capslab.classroom.feedback_page",
    "capslab.grading.sandbox": "capslab.classroom.launch_sandbox",
    "capslab.grading.slicing": "capslab.classroom.needed_cells",
    "capslab.grading.submission": "capslab.classroom.submission",
    "capslab.grading.watching": "capslab.classroom.watch_process",
    # cli
    "capslab.doctor": "capslab.cli.doctor",
    "capslab.grading.commands": "capslab.cli.assignment",
    "capslab.lab": "capslab.cli.lab",
    # clustering
    "capslab.clustering.matching": "capslab.clustering.matched_accuracy",
    "capslab.clustering.blocks": "capslab.data.lazy_rows",
    "capslab.clustering.checks": "capslab.clustering.check_arguments",
    "capslab.clustering.gradients": "capslab.clustering.gradient_features",
    "capslab.clustering.graph": "capslab.clustering.neighbour_graph",
    "capslab.clustering.kmeans_path": "capslab.clustering.kmeans_every_k",
    "capslab.clustering.constructed": "capslab.clustering.score_pitfalls",
    "capslab.clustering.inputs": "capslab.clustering.check_arguments",
    "capslab.clustering.lloyd": "capslab.clustering.kmeans_lloyd",
    "capslab.clustering.mixture": "capslab.clustering.gaussian_mixture",
    "capslab.clustering.neighbours": "capslab.data.neighbours",
    "capslab.clustering.principal": "capslab.data.pca",
    "capslab.clustering.steps": "capslab.clustering.kmeans_steps",
    "capslab.clustering.streamed": "capslab.clustering.kmeans_out_of_core",
    # course
    "capslab.course.build": "capslab.course.build_notebooks",
    "capslab.course.assignment": "capslab.course.make_assignment",
    "capslab.course.cleaning": "capslab.course.clean_outputs",
    "capslab.course.export": "capslab.course.export_site",
    "capslab.course.formulas": "capslab.course.math_svg",
    "capslab.course.keeping": "capslab.course.update_notebooks",
    "capslab.course.page": "capslab.course.html_page",
    "capslab.course.places": "capslab.course.paths",
    "capslab.course.run": "capslab.course.execute",
    # data
    "capslab.data.download": "capslab.data.download_datasets",
    "capslab.data.pairs": "capslab.data.digit_pairs",
    "capslab.data.arrays": "capslab.data.read_array_files",
    "capslab.data.drawn": "capslab.data.strokes_to_image",
    "capslab.data.finding": "capslab.data.find_images",
    "capslab.data.moved": "capslab.data.shift_and_rotate",
    "capslab.data.moving": "capslab.data.digit_pairs",
    "capslab.data.origin": "capslab.data.provenance",
    "capslab.data.own": "capslab.data.read_own_images",
    "capslab.data.picture": "capslab.data.decode_image_file",
    "capslab.data.pixels": "capslab.data.grey_levels",
    "capslab.data.practice": "capslab.data.practice_folder",
    "capslab.data.report": "capslab.data.quality_report",
    "capslab.data.report_page": "capslab.data.quality_report_html",
    "capslab.data.scenery": "capslab.data.digit_scenes",
    "capslab.data.sources": "capslab.data.datasets",
    "capslab.data.strip": "capslab.data.thumbnails",
    "capslab.lazy": "capslab.data.lazy_rows",
    "capslab.oddities": "capslab.data.corrupt",
    # exercises
    "capslab.exercises.nb01_clustering_pixels": "capslab.exercises.nb01_kmeans_by_hand",
    "capslab.exercises.nb02_dense_baseline": "capslab.exercises.nb05_can_you_trust_it",
    "capslab.exercises.nb03_routing_by_agreement": "capslab.exercises.nb11_routing_by_agreement",
    "capslab.exercises.nb04_capsule_network": "capslab.exercises.nb12_build_a_capsule_network",
    "capslab.exercises.nb05_detect_and_segment": "capslab.exercises.nb17_two_digits",
    "capslab.exercises.nb06_variational_autoencoder": "capslab.exercises.nb20_build_a_vae",
    "capslab.exercises.nb07_three_representations": "capslab.exercises.nb24_three_representations",
    "capslab.exercises.nb08_clustering_without_labels": "capslab.exercises.nb25_clusters_without_labels",
    "capslab.exercises.nb09_your_own_images": "capslab.exercises.nb26_your_own_images",
    "capslab.exercises.pairing": "capslab.exercises.matched_accuracy_exercise",
    "capslab.exercises.routing_cases": "capslab.exercises.routing_exercises",
    "capslab.exercises.judge": "capslab.exercises.judge_answer",
    "capslab.exercises.outcome": "capslab.exercises.show_result",
    "capslab.exercises.compare": "capslab.exercises.compare_values",
    "capslab.exercises.core": "capslab.exercises.exercise",
    "capslab.exercises.record": "capslab.exercises.progress_record",
    # labelfree
    "capslab.selftrain": "capslab.labelfree.selftraining",
    # lessons
    "capslab.betas": "capslab.lessons.beta_sweep",
    "capslab.classical": "capslab.lessons.classical_methods",
    "capslab.measured": "capslab.lessons.results",
    "capslab.verdicts": "capslab.lessons.verdict",
    # models
    "capslab.models.overlap": "capslab.models.overlap_network",
    "capslab.models.scene": "capslab.models.scene_network",
    "capslab.backend": "capslab.models.backend",
    "capslab.bundled": "capslab.models.pretrained",
    "capslab.detection": "capslab.models.detection",
    "capslab.layers": "capslab.models.layers",
    "capslab.losses": "capslab.models.losses",
    "capslab.models.capsule": "capslab.models.capsnet",
    "capslab.models.convolutional": "capslab.models.convnet",
    "capslab.models.trunks": "capslab.models.encoders",
    "capslab.sharing": "capslab.models.network_cost",
    # plots
    "capslab.plots.clouds": "capslab.plots.scatter_panels",
    "capslab.plots.diagrams": "capslab.plots.architecture",
    "capslab.plots.measures": "capslab.plots.charts",
    "capslab.plots.pictures": "capslab.plots.images",
    "capslab.plots.routes": "capslab.plots.routing",
    # routing
    "capslab.experiments": "capslab.routing.ablation",
    # training
    "capslab.checkpoint": "capslab.training.checkpoint",
    "capslab.distribute": "capslab.training.multiple_devices",
    "capslab.glance": "capslab.training.live_examples",
    "capslab.history": "capslab.training.history",
    "capslab.machines": "capslab.training.multiple_machines",
    "capslab.screen": "capslab.training.live_curve",
    "capslab.streaming": "capslab.training.fit",
    # widgets
    "capslab.widgets.betas": "capslab.widgets.beta.widget",
    "capslab.widgets.decoders": "capslab.widgets.shared.browser_decoder",
    "capslab.widgets.drawable": "capslab.widgets.shared.drawing_pad",
    "capslab.widgets.drawing": "capslab.widgets.draw.widget",
    "capslab.widgets.drawing_figure": "capslab.widgets.draw.figure",
    "capslab.widgets.latent_figure": "capslab.widgets.latent.figure",
    "capslab.widgets.latent_plane": "capslab.widgets.latent.plane",
    "capslab.widgets.networks": "capslab.widgets.shared.browser_network",
    "capslab.widgets.overlap_figure": "capslab.widgets.overlap.figure",
    "capslab.widgets.path_view": "capslab.widgets.shared.path_view",
    "capslab.widgets.phrases": "capslab.widgets.shared.cluster_captions",
    "capslab.widgets.pose_figure": "capslab.widgets.pose.figure",
    "capslab.widgets.preparation": "capslab.widgets.shared.projection",
    "capslab.widgets.routing_figure": "capslab.widgets.routing.figure",
    "capslab.widgets.sandbox_figure": "capslab.widgets.sandbox.figure",
    "capslab.widgets.stills": "capslab.widgets.comparison.figure",
    "capslab.widgets.strip": "capslab.widgets.shared.image_strip",
    "capslab.widgets.training_figure": "capslab.widgets.training.figure",
    "capslab.widgets.votes": "capslab.widgets.sandbox.votes",
    # no longer part of the installed package
    "capslab.fused": "tools/train_jax.py in the repository",
}

#: functions, classes and constants: of `capslab` itself, and of packages
NAMES = {
    # the root
    "capslab.DenseNet": "capslab.DenseBaseline",
    # data
    "capslab.data.SETS": "capslab.data.DATASETS",
    "capslab.data.moved_pairs": "capslab.data.shifted_pairs",
    "capslab.data.present": "capslab.data.local_source",
    "capslab.data.moved.turned": "capslab.data.rotated",
    "capslab.oddities.mislabelled": "capslab.data.noisy_labels",
    "capslab.oddities.spoiled": "capslab.data.corrupted",
    # clustering
    "capslab.clustering.Curves": "capslab.clustering.ScoreCurves",
    "capslab.clustering.Cut": "capslab.clustering.SpectralClusters",
    "capslab.clustering.Repeats": "capslab.clustering.KMeansRuns",
    "capslab.clustering.Step": "capslab.clustering.KMeansStep",
    "capslab.clustering.traps": "capslab.clustering.score_pitfalls",
    # plots
    "capslab.plots.BASE_COLOURS": "capslab.plots.palette",
    "capslab.plots.against_n": "capslab.plots.growth_curves",
    "capslab.plots.boxed": "capslab.plots.detection_grid",
    "capslab.plots.curves": "capslab.plots.training_curves",
    "capslab.plots.latent_row": "capslab.plots.latent_traversal",
    "capslab.plots.taken_apart": "capslab.plots.segmentation_grid",
    # lessons
    "capslab.measured.measured": "capslab.lessons.results.load",
    # models
    "capslab.models.Codes": "capslab.models.Posterior",
    "capslab.models.DenseNet": "capslab.models.DenseBaseline",
    # modules that are packages now
    "capslab.training.STEPS_AN_EPOCH": "capslab.training.training_plan.STEPS_AN_EPOCH",
    "capslab.widgets.clusters.ClusterView": "capslab.widgets.clusters.widget.ClusterView",
    "capslab.widgets.clusters.explore_clusters": "capslab.widgets.clusters.widget.explore_clusters",
    "capslab.widgets.comparison.CompareView": "capslab.widgets.comparison.widget.CompareView",
    "capslab.widgets.comparison.compare": "capslab.widgets.comparison.widget.compare",
    "capslab.widgets.latent.LatentView": "capslab.widgets.latent.widget.LatentView",
    "capslab.widgets.latent.explore_latent": "capslab.widgets.latent.widget.explore_latent",
    "capslab.widgets.overlap.OverlapView": "capslab.widgets.overlap.widget.OverlapView",
    "capslab.widgets.overlap.explore_overlap": "capslab.widgets.overlap.widget.explore_overlap",
    "capslab.widgets.pose.PoseView": "capslab.widgets.pose.widget.PoseView",
    "capslab.widgets.pose.explore_pose": "capslab.widgets.pose.widget.explore_pose",
    "capslab.widgets.routing.RoutingView": "capslab.widgets.routing.widget.RoutingView",
    "capslab.widgets.routing.show_routing": "capslab.widgets.routing.widget.show_routing",
    "capslab.widgets.sandbox.SandboxView": "capslab.widgets.sandbox.widget.SandboxView",
    "capslab.widgets.sandbox.routing_sandbox": "capslab.widgets.sandbox.widget.routing_sandbox",
    "capslab.widgets.training.TrainingView": "capslab.widgets.training.widget.TrainingView",
}

#: arguments, by the function or class that takes them
ARGUMENTS = {
    "cluster": {"k": "n_clusters"},
    "gaussian_mixture": {"k": "n_clusters"},
    "KMeansPath": {"k": "n_clusters"},
    "repeat_kmeans": {"k": "n_clusters"},
    "find": {"most": "max_iou"},  # models.detection
    "fit": {"batch": "batch_size", "rate": "learning_rate"},
    "selftrain": {"batch": "batch_size", "rate": "learning_rate"},
    "Recipe": {"batch": "batch_size", "rate": "learning_rate"},
    "AutoEncoder": {"shape": "image_shape"},
    "CapsNet": {"shape": "image_shape"},
    "ConvNet": {"shape": "image_shape"},
    "DenseBaseline": {"shape": "image_shape"},
    "DenseNet": {"shape": "image_shape"},
    "OverlapNet": {"shape": "image_shape"},
    "SceneNet": {"shape": "image_shape"},
    "VAE": {"shape": "image_shape"},
}

#: methods and attributes with a name so much their own that it can be recognised anywhere
ATTRIBUTES = {
    "drawn_owner": "owner_by_reconstruction",  # Separated
    "encode_full": "posterior",  # VAE
    "firmness": "stability",  # KMeansRuns
    "strangeness": "sample_distance",  # BetaSweep
    "tighter": "importance_weighted_bound",  # Elbo
}

#: code that means something else now: a regular expression, what it was, what to write
PHRASES = (
    (
        r"\b(?:AutoEncoder|CapsNet|ConvNet|Dense(?:Net|Baseline)|OverlapNet|SceneNet|VAE)\(\s*\w+\.shape\b",
        "images.shape",
        "images.image_shape",
    ),
    (r"\bfit_stream\(", "fit_stream(…)", "cl.fit(…)"),
    (r"\bpractice_folder\(", "practice_folder(…)", "make_practice_folder(…)"),
    (r"\bplots\.reliability\(", "plots.reliability(…)", "plots.reliability_diagram(…)"),
    (r"\bpath\.at\([^()]*\)\.k\b", ".k", ".n_clusters"),
)


def new_name(old: str) -> str | None:
    """The name that `old` has now, both in full; None where it is no name of the first edition."""
    return NAMES.get(old) or MODULES.get(old)


def advice(old: str) -> str | None:
    """One sentence with the new name, or None. Names of the root are given without `capslab.`."""
    new = new_name(old)
    if new is None:
        return None
    of_root = old in NAMES and old.count(".") == 1
    old, new = (name.removeprefix("capslab.") if of_root else name for name in (old, new))
    return f"`{old}` is now `{new}`."


class RenamedFinder:
    """The last finder in `sys.meta_path`: asked for a name of capslab that no other finder knows.

    It finds nothing. It raises an `ImportError` with the new name where there is one. (A
    `ModuleNotFoundError` would be swallowed by `from capslab import experiments`.)
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if name.startswith("capslab.") and (sentence := advice(name)):
            raise ImportError(sentence, name=name)


def install() -> None:
    """Puts the finder behind all others, once."""
    if RenamedFinder not in sys.meta_path:
        sys.meta_path.append(RenamedFinder)
