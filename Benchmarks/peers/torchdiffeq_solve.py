"""Solving an ODE with torchdiffeq: dopri5 over [0, 1] on `W2 tanh(W1 y + b1) + b2`, forward and with gradients."""

import argparse

import torch
import torchdiffeq
from torch import nn

import common


class Field(nn.Module):
    """The vector field, counting its evaluations."""

    def __init__(self, width):
        super().__init__()
        self.inner, self.outer = nn.Linear(width, width), nn.Linear(width, width)
        self.evaluations = 0

    def forward(self, time, state):
        self.evaluations += 1
        return self.outer(torch.tanh(self.inner(state)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--rows", type=int, default=1024)
    parser.add_argument("--tolerance", type=float, default=1e-3, help="relative and absolute")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    field, start, times = Field(options.width), torch.randn(options.rows, options.width), torch.tensor([0.0, 1.0])
    settings = {"method": "dopri5", "rtol": options.tolerance, "atol": options.tolerance}

    def forward():
        with torch.no_grad():
            return torchdiffeq.odeint(field, start, times, **settings)

    def gradient(solve):
        state = start.clone().requires_grad_()
        field.zero_grad(set_to_none=True)
        solve(field, state, times, **settings)[-1].mean().backward()

    forward()
    first, evaluations = common.seconds_since_launch(), field.evaluations
    forward_seconds = common.median_seconds(forward, options.repeats)
    direct_seconds = common.median_seconds(lambda: gradient(torchdiffeq.odeint), options.repeats)
    adjoint_seconds = common.median_seconds(lambda: gradient(torchdiffeq.odeint_adjoint), options.repeats)
    common.finish(1 / forward_seconds, "solves/s", round(first, 3), forward_ms=1e3 * forward_seconds,
                  direct_ms=1e3 * direct_seconds, adjoint_ms=1e3 * adjoint_seconds, evaluations=evaluations,
                  version=torchdiffeq.__version__)


if __name__ == "__main__":
    main()
