import CFairlineKernels
import COpenBLAS

/// A matrix inside a tensor's memory: where it starts and how far its rows are apart.
struct Matrix {
  let pointer: UnsafeMutablePointer<Float>
  /// Elements from one stored row to the next.
  let stride: Int
  /// Whether the product uses the transpose of what is stored.
  var transposed = false
  /// What the elements are still to be computed from, for a left operand; nil when they are there.
  var sum: DeferredSum?

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
///
/// Fairline's own kernels compute them, except on CPUs without fused multiply-adds, where BLAS
/// does.
enum MatrixProduct {
  /// The fewest multiply-adds that are worth a block of their own.
  private static let blockWork = 2_000_000

  /// Computes `c = a b + bias + keep * c`, in fixed blocks over all threads.
  ///
  /// - Parameters:
  ///   - c: `[m, n]`
  ///   - a: `[m, k]` after transposition; where it is a sum that nobody has read, it is formed on
  ///     the way.
  ///   - b: `[k, n]` after transposition
  ///   - keep: 0 or 1.
  ///   - bias: `[n]`, added to every row.
  ///   - clamps: whether max(result, 0) is stored.
  ///   - mask: numbers that stand like those of `c`, which becomes 0 where they are not above 0;
  ///     for products that pay on blocks only.
  static func run(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, keep: Float = 0,
    bias: UnsafePointer<Float>? = nil, clamps: Bool = false, mask: UnsafePointer<Float>? = nil,
    as label: Profile.Label = .product
  ) {
    if m == 0 || n == 0 { return }
    Profile.measure(label, operations: 2 * Double(m) * Double(n) * Double(k)) {
      if BlockedProduct.isUsed && k > 0 {
        BlockedProduct.run(
          c, a, RightOperand(b, n: n, k: k, rows: m), m: m, adds: keep == 1, bias: bias,
          clamps: clamps, mask: mask)
      } else {
        a.sum?.form()
        precondition(mask == nil, "a mask needs a blocked product")
        if let bias { start(c, m: m, n: n, keep: keep, bias: bias) }
        split(c, a, b, m: m, n: n, k: k, keep: bias == nil ? keep : 1)
        if clamps { clamp(c, m: m, n: n) }
      }
    }
  }

  private static func clamp(_ c: Matrix, m: Int, n: Int) {
    Parallel.rows(m, columns: n) { range in
      for row in range {
        let target = c.pointer + row * c.stride
        fl_apply(FL_RELU, target, target, Int64(n))
      }
    }
  }

  /// Computes `c = keep * c + bias`.
  private static func start(
    _ c: Matrix, m: Int, n: Int, keep: Float, bias: UnsafePointer<Float>
  ) {
    Parallel.rows(m, columns: n) { range in
      for row in range {
        let target = c.pointer + row * c.stride
        if keep == 0 {
          target.update(from: bias, count: n)
        } else {
          fl_axpy(target, 1, bias, Int64(n))
        }
      }
    }
  }

  /// Computes `c = a b + keep * c` with BLAS, split along the longer side of the result.
  private static func split(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, keep: Float
  ) {
    Engine.prepare()
    let overRows = m >= n
    let length = overRows ? m : n
    let wanted = min(max(m * n * max(k, 1) / blockWork, 1), max(length / 96, 1), 8)
    let size = (length + wanted - 1) / wanted
    let block = wanted == 1 ? length : (size + 15) / 16 * 16
    Parallel.blocks((length + block - 1) / block) { index in
      let first = index * block
      let part = min(block, length - first)
      if overRows {
        serial(c.rows(from: first), a.rows(from: first), b, m: part, n: n, k: k, keep: keep)
      } else {
        serial(c.columns(from: first), a, b.columns(from: first), m: m, n: part, k: k, keep: keep)
      }
    }
  }

  /// Computes `c = a b + keep * c` inside a block of work, in the calling thread.
  static func serial(
    _ c: Matrix, _ a: Matrix, _ b: Matrix, m: Int, n: Int, k: Int, keep: Float = 0
  ) {
    if BlockedProduct.isUsed && k > 0 {
      return BlockedProduct.run(c, a, RightOperand(b, n: n, k: k, rows: m), m: m, adds: keep == 1)
    }
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
      b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.pointer,
      Int32(a.stride), b.pointer, Int32(b.stride), keep, c.pointer, Int32(c.stride))
  }
}

extension Tensor {
  /// The tensor's rows as a matrix `[rows, columns]`.
  func matrix(transposed: Bool = false) -> Matrix {
    Matrix(pointer: pointer, stride: max(shape.columns, 1), transposed: transposed)
  }

  /// The same for a left operand, whose elements the product may still have to compute.
  func leftOperand() -> Matrix {
    guard let sum = storage.sum, sum.isPending, offset == 0, count == sum.count else {
      return matrix()
    }
    return Matrix(pointer: storage.place, stride: max(shape.columns, 1), sum: sum)
  }
}
