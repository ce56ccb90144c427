"""The building blocks of methods, in PyTorch.

prior.py            the latent space: z_n, the modes and their weights
networks.py         generators, encoders and critics by name
mixture.py          Gaussian mixtures in a latent space, fitted or learned
autoencoder.py      the autoencoder of VaDE, DEC and DCN
losses.py           the loss terms, from tensors to one scalar
wasserstein.py      the critic's part of a Wasserstein game with gradient penalty
non_saturating.py   the steps of the original game
input_gradients.py  a critic's gradient at its samples for penalties, without a second backward pass
back_projection.py  the latent of a sample, by descent through a fixed generator (Algorithm 1 of ClusterGAN)
centres.py          centres of k-means, kept with the weights
batch_norm.py       several batches in one pass, and passes that do not update running statistics
averaging.py        running averages of weights
acceleration.py     precision, threads, Adam, and steps recorded as CUDA graphs
"""
