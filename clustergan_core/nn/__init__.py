"""What methods are built of, in PyTorch.

prior.py            the latent space: z_n and the modes, and the modes' weights
networks.py         generators, encoders and critics by name
losses.py           the loss terms: tensors in, one scalar out
wasserstein.py      the critic's part of a Wasserstein game with gradient penalty
input_gradients.py  a critic's gradient at its samples, for penalties, without a second backward pass
batch_norm.py       several batches through one network, and passes that leave running statistics alone
averaging.py        running averages of weights
acceleration.py     precision, threads, Adam, and steps recorded as CUDA graphs
"""
