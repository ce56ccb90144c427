"""The functions and estimators for notebooks and scripts; `import clustergan_core as cg` lists them.

functions.py      fit, load, score, embed and plot
estimators.py     ClusterGAN and PairedClusterGAN for scikit-learn: pipelines, pickle, arrays and data frames
annotated_cells.py  cg.cells.cluster: clusters an AnnData in place
fitting.py        training in memory, with the same configuration and the same loop as a run on disk
"""
