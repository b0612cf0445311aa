import FairlineTensor

/// A tensor of reproducible numbers between -1 and 1.
func sample(_ shape: Shape, _ stream: UInt64 = 0) -> Tensor {
  Tensor.uniform(shape, low: -1, high: 1, key: 7, stream: stream)
}

/// Packed tokens' segments over small shapes: one sequence, an empty one between others, odd sizes.
let smallSegments: [Segments] = [
  Segments(lengths: [1]), Segments(lengths: [3, 0, 2]), Segments(lengths: [1, 5, 7]),
]
