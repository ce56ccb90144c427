"""Tables 1 to 3 of ClusterGAN (Mukherjee et al., arXiv 1809.03627)."""

from __future__ import annotations

from clustergan_core.paper_tables.facts import Measure, Paper, PaperTable, TableColumn, TableRow, by_column

PURITY = Measure("Purity", "purity", printed="ACC")
NMI = Measure("NMI", "nmi")
ARI = Measure("ARI", "ari")
FRECHET = Measure(
    "Fréchet distance",
    "frechet",
    printed="FID",
    unlike="Distances in different feature networks cannot be compared; the paper does not name its own. Only the "
    "order of the methods can be compared.",
    lower_is_better=True,
)
BEST_OF_FIVE = "Best of five runs, chosen with labels (validation purity)."
FUNCTION = (
    "clustergan_core.evaluation.clusterings.{}, fitted to the samples of the test split that it is scored on; "
    "python -m benchmarks.clusterings computes what is missing."
)

CLUSTERGAN = TableRow("ClusterGAN", "clustergan")
INFOGAN = TableRow("InfoGAN", "infogan")
BACK_PROJECTION = TableRow(
    "GAN + back-projection",
    "wgan-gp",
    {"prior": "one-hot", "reading": "back-projection"},
    "WGAN-GP on the one-hot prior, decoded by Algorithm 1. Its score is of as many samples as its settings read.",
)
CRITIC_FEATURES = TableRow(
    "GAN + critic features",
    "wgan-gp",
    {"prior": "one-hot", "reading": "critic-features"},
    "k-means on the last hidden layer of the critic of WGAN-GP on the one-hot prior.",
)
DCN = TableRow("DCN", "dcn")
WARD = TableRow("AGGLO (Ward)", function="ward", note=FUNCTION.format("ward_clusters"))
NMF = TableRow("NMF", function="nmf", note=FUNCTION.format("nmf_clusters"))
SPECTRAL = TableRow("Spectral (rbf)", function="spectral-rbf", note=FUNCTION.format("spectral_rbf_clusters"))
KMEANS = TableRow("k-means", function="kmeans", note=f"Not in the paper. {FUNCTION.format('kmeans_clusters')}")
UMAP_MIXTURE = TableRow(
    "UMAP + mixture", function="umap-mixture", note=f"Not in the paper. {FUNCTION.format('umap_mixture_clusters')}"
)
PAIRED = TableRow("Paired ClusterGAN", "paired-clustergan", note="Our method, which is not in the paper.")
NOT_IN_THE_PAPER = (KMEANS, UMAP_MIXTURE, PAIRED)

SYNTHETIC = TableColumn("Synthetic", "synthetic")
MNIST = TableColumn("MNIST", "mnist")
FASHION = TableColumn("Fashion-10", "fashion")
FASHION_5 = TableColumn("Fashion-5", "fashion-5")
CELLS = TableColumn(
    "10x_73k",
    "pbmc_facs",
    unlike="10x_73k: ours is on pbmc_facs, a stand-in of 3,152 cells for the paper's 73,000, so the two are not "
    "compared.",
)
PENDIGITS = TableColumn("Pendigits", "pendigits")

TABLE_1 = PaperTable(
    name="table-1",
    title="Table 1: clustering on six data sets",
    rows=(
        CLUSTERGAN,
        INFOGAN,
        BACK_PROJECTION,
        CRITIC_FEATURES,
        DCN,
        WARD,
        NMF,
        SPECTRAL,
        KMEANS,
        UMAP_MIXTURE,
        PAIRED,
    ),
    columns=(SYNTHETIC, MNIST, FASHION, FASHION_5, CELLS, PENDIGITS),
    measures=(PURITY, NMI, ARI),
    selection=BEST_OF_FIVE,
    n_runs=5,
    figures=by_column(
        {
            "Synthetic": {
                "ClusterGAN": (0.99, 0.99, 0.99),
                "InfoGAN": (0.88, 0.75, 0.74),
                "GAN + back-projection": (0.95, 0.85, 0.88),
                "GAN + critic features": (0.99, 0.98, 0.98),
                "AGGLO (Ward)": (0.99, 0.99, 0.99),
                "NMF": (0.98, 0.96, 0.97),
                "Spectral (rbf)": (0.99, 0.98, 0.98),
            },
            "MNIST": {
                "ClusterGAN": (0.95, 0.89, 0.89),
                "InfoGAN": (0.89, 0.86, 0.82),
                "GAN + back-projection": (0.95, 0.90, 0.89),
                "GAN + critic features": (0.70, 0.62, 0.52),
                "DCN": (0.83, 0.81, 0.75),
                "AGGLO (Ward)": (0.64, 0.65, 0.46),
                "NMF": (0.56, 0.45, 0.36),
            },
            "Fashion-10": {
                "ClusterGAN": (0.63, 0.64, 0.50),
                "InfoGAN": (0.61, 0.59, 0.44),
                "GAN + back-projection": (0.56, 0.53, 0.37),
                "GAN + critic features": (0.43, 0.37, 0.23),
                "AGGLO (Ward)": (0.55, 0.57, 0.37),
                "NMF": (0.50, 0.51, 0.34),
            },
            "Fashion-5": {
                "ClusterGAN": (0.73, 0.59, 0.48),
                "InfoGAN": (0.71, 0.56, 0.45),
                "GAN + back-projection": (0.73, 0.54, 0.45),
                "GAN + critic features": (0.67, 0.49, 0.40),
                "AGGLO (Ward)": (0.66, 0.52, 0.36),
                "NMF": (0.67, 0.48, 0.40),
            },
            "10x_73k": {
                "ClusterGAN": (0.81, 0.73, 0.67),
                "InfoGAN": (0.62, 0.58, 0.43),
                "GAN + back-projection": (0.65, 0.59, 0.45),
                "GAN + critic features": (0.33, 0.17, 0.07),
                "AGGLO (Ward)": (0.63, 0.58, 0.40),
                "NMF": (0.71, 0.69, 0.53),
                "Spectral (rbf)": (0.40, 0.29, 0.18),
            },
            "Pendigits": {
                "ClusterGAN": (0.77, 0.73, 0.65),
                "InfoGAN": (0.72, 0.73, 0.61),
                "GAN + back-projection": (0.76, 0.71, 0.63),
                "GAN + critic features": (0.65, 0.57, 0.45),
                "DCN": (0.72, 0.69, 0.56),
                "AGGLO (Ward)": (0.70, 0.69, 0.52),
                "NMF": (0.67, 0.58, 0.45),
                "Spectral (rbf)": (0.70, 0.69, 0.52),
            },
        }
    ),
    notes=("The paper's “ACC” is purity: several modes may share a label.",),
)

TABLE_2 = PaperTable(
    name="table-2",
    title="Table 2: Fréchet distance of generated images",
    rows=(
        CLUSTERGAN,
        TableRow("WGAN, normal prior", "wgan-gp", {"prior": "normal"}),
        TableRow("WGAN, one-hot prior", "wgan-gp", {"prior": "one-hot"}),
        INFOGAN,
    ),
    columns=(MNIST, TableColumn("Fashion", "fashion")),
    measures=(FRECHET,),
    selection="One figure each; the number of runs is not stated.",
    figures=by_column(
        {
            "MNIST": {
                "ClusterGAN": (0.81,),
                "WGAN, normal prior": (0.88,),
                "WGAN, one-hot prior": (0.94,),
                "InfoGAN": (1.88,),
            },
            "Fashion": {
                "ClusterGAN": (0.91,),
                "WGAN, normal prior": (0.95,),
                "WGAN, one-hot prior": (6.14,),
                "InfoGAN": (11.04,),
            },
        }
    ),
    notes=("Lower is better.",),
)

TABLE_3 = PaperTable(
    name="table-3",
    title="Table 3: ClusterGAN on MNIST with other numbers of modes",
    rows=(CLUSTERGAN,),
    columns=tuple(TableColumn(f"K = {k}", "mnist", {"n_clusters": k}) for k in (7, 9, 10, 11, 13)),
    measures=(PURITY,),
    selection=BEST_OF_FIVE,
    n_runs=5,
    figures={
        ("ClusterGAN", f"K = {k}"): (purity,) for k, purity in {7: 0.72, 9: 0.80, 10: 0.95, 11: 0.90, 13: 0.84}.items()
    },
    notes=("Purity tends to rise with the number of modes: with a mode for every sample it would be 1.",),
)

DECODED = {"reading": "back-projection"}
SECTION_2_5 = PaperTable(
    name="section-2-5",
    title="§2.5: a linear generator on ten Gaussians in 100 dimensions",
    rows=(
        TableRow(
            "Linear, one-hot", "wgan-gp", {"prior": "one-hot", "architecture": "linear", "n_normal": 1, **DECODED}
        ),
        TableRow(
            "Linear, mixture", "wgan-gp", {"prior": "mixture", "architecture": "linear", "n_normal": 1, **DECODED}
        ),
        TableRow("Non-linear, normal", "wgan-gp", {"prior": "normal", "n_normal": 1, **DECODED}),
    ),
    columns=(TableColumn("Gaussians", "gaussians-100d"),),
    measures=(PURITY, NMI, ARI),
    selection="One figure each; samples, steps and the number of runs are not stated.",
    figures=by_column(
        {
            "Gaussians": {
                "Linear, one-hot": (1.0, 1.0, 1.0),
                "Linear, mixture": (1.0, 1.0, 1.0),
                "Non-linear, normal": (0.73, 0.75, 0.60),
            }
        }
    ),
    notes=(
        "The text has x = Wz with W of 100 × 10 and z “one-hot encoded normal vectors”, which is read in two ways: a "
        "unit vector, or noise around it (the mixture). Ours have one dimension of noise more, which the prior needs, "
        "and a shift, because the data is scaled to [0, 1].",
        "Algorithm 1 decodes as many samples as the setting n_read says.",
    ),
)

SECTION_2_6 = PaperTable(
    name="section-2-6",
    title="§2.6: what a classifier reads in modes and reconstructions",
    rows=(CLUSTERGAN, PAIRED),
    columns=(MNIST,),
    measures=(
        Measure("Mode Accuracy", "mode_accuracy"),
        Measure("Reconstruction Accuracy", "reconstruction_accuracy"),
        Measure("Cluster Accuracy", "cluster_accuracy"),
    ),
    selection="One figure each.",
    figures={("ClusterGAN", "MNIST"): (0.97, 0.96, 0.95)},
    notes=(
        "The paper's classifier is right for 99.2% of the test images; ours is another, and each run's scores hold its "
        "accuracy.",
    ),
)

FIGURE_7 = {"sample_cycle": 0.038, "latent_cycle": 0.0004}  # where its curves on MNIST end, by our scores
FIGURE_7_STEPS = 500_000  # generator steps of the authors' code for MNIST

PAPER = Paper(
    name="clustergan",
    short="ClusterGAN",
    title="ClusterGAN: Latent Space Clustering in Generative Adversarial Networks",
    authors="Mukherjee, Asnani, Lin and Kannan",
    reference="arXiv 1809.03627",
    claims="A GAN whose latent space mixes one-hot codes with narrow noise, trained together with an encoder that "
    "recovers both, clusters its data in that latent space, which no GAN with a normal, uniform or mixture prior does. "
    "It clusters at least as well as InfoGAN, DCN, Ward, NMF and spectral clustering on six data sets, and its samples "
    "stay as good as those of a plain WGAN.",
    tables=(TABLE_1, TABLE_2, TABLE_3, SECTION_2_5, SECTION_2_6),
)
