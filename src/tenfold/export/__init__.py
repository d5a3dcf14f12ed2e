"""A checkpoint -> ONNX, with the proof that both give the same answers."""

from tenfold.export.onnx_file import Export, Refusal, compare_with_onnx, export_onnx

__all__ = ["Export", "Refusal", "compare_with_onnx", "export_onnx"]
