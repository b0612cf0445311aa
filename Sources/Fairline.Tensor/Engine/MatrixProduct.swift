import CFairlineKernels
import COpenBLAS

/// A matrix inside a tensor's memory: where it starts and how far its rows are apart.
struct Matrix {
  let pointer: UnsafeMutablePointer<Float>
  /// Elements from one stored row to the next.
  let stride: Int
  /// Whether the product uses the transpose of what is stored.
  var transposed = false

  func rows(from row: Int) -> Matrix {
    Matrix(
      pointer: transposed ? pointer + row : pointer + row * stride, stride: stride,
      transposed: transposed)
  }

  func columns(from column: Int) -> Matrix {
    Matrix(
      pointer: transposed ? pointer + column * stride : pointer + column, stride: stride,
      transposed: transposed)
  }
}

/// The one entry point for matrix products.
enum MatrixProduct {
  /// The fewest multiply-adds that are worth a block of their own.
  private static let blockWork = 2_000_000

  /// Computes `c = scale * a b + keep * c`, in fixed blocks over all threads.
  ///
  /// - Parameters:
  ///   - c: `[m, n]`
  ///   - a: `[m, k]` after transposition
  ///   - b: `[k, n]` after transposition
  static func run(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, scale: Float = 1,
    keep: Float = 0
  ) {
    Engine.prepare()
    if m == 0 || n == 0 { return }
    let overRows = m >= n
    let length = overRows ? m : n
    let wanted = min(max(m * n * max(k, 1) / blockWork, 1), max(length / 96, 1), 8)
    let size = (length + wanted - 1) / wanted
    let block = wanted == 1 ? length : (size + 15) / 16 * 16
    Parallel.blocks((length + block - 1) / block) { index in
      let first = index * block
      let part = min(block, length - first)
      if overRows {
        serial(
          c.rows(from: first), a.rows(from: first), b, m: part, n: n, k: k, scale: scale,
          keep: keep)
      } else {
        serial(
          c.columns(from: first), a, b.columns(from: first), m: m, n: part, k: k, scale: scale,
          keep: keep)
      }
    }
  }

  /// Computes `c = scale * a b + keep * c` in the calling thread.
  static func serial(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, scale: Float = 1,
    keep: Float = 0
  ) {
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
      b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), scale, a.pointer,
      Int32(a.stride), b.pointer, Int32(b.stride), keep, c.pointer, Int32(c.stride))
  }
}

extension Tensor {
  /// The tensor's rows as a matrix `[rows, columns]`.
  func matrix(transposed: Bool = false) -> Matrix {
    Matrix(pointer: pointer, stride: max(shape.columns, 1), transposed: transposed)
  }
}
