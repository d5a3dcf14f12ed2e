"""How finely a training step computes: float32, or bfloat16 where the processor multiplies matrices in it."""

from contextlib import AbstractContextManager, nullcontext

import torch

from tenfold.errors import unknown_name

PRECISIONS = ("float32", "bfloat16", "auto")
"""bfloat16: convolutions and dense layers in bfloat16, the rest and all weights in float32 (Micikevicius et al., 2018).
auto: bfloat16 where that is quicker, otherwise float32."""


def find_precision(name: str, device: torch.device) -> str:
    """Float32 or bfloat16, whichever `name` means on this device.

    Raises UsageError, listing the names, for one that there is not.
    """
    if name not in PRECISIONS:
        raise unknown_name("precision", name, PRECISIONS)
    if name != "auto":
        return name
    return "bfloat16" if has_bfloat16(device) else "float32"


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device has units for matrices of bfloat16; a processor without them takes longer than in float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.cpu.get_capabilities().get("amx_bf16", False))


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context in which a network is called to compute in this precision; for float32 none, which a tiny step notices."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()
