"""What a notebook or a script calls; `import clustergan_core as cg` lists it.

functions.py      fit, load, score, embed and plot
estimators.py     ClusterGAN and PairedClusterGAN for scikit-learn: pipelines, pickle, arrays and data frames
annotated_cells.py  cg.cells.cluster: an AnnData, clustered in place
fitting.py        training in memory, by the same configuration and the same loop as a run on disk
"""
