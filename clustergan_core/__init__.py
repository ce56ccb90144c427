"""ClusterGAN Explorer's core: data, methods, training, evaluation and runs, without any user interface."""
