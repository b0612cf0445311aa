import CFairlineKernels

/// The right operand of a blocked product: packed once for any number of products, or read where it
/// stands.
final class RightOperand {
  let n: Int
  let k: Int
  let format: fl_format
  /// What its elements were multiplied with before they were rounded.
  fileprivate let scale: Float
  /// Nil where the operand is read where it stands.
  fileprivate let words: UnsafeMutablePointer<UInt32>?
  fileprivate let place: Matrix.Place
  private let bytes: Int

  /// Packs `b`, `[k, n]` after transposition, on all threads, where that pays.
  ///
  /// The matrix must outlive the operand.
  ///
  /// - Parameter rows: how many rows of left operands are multiplied with it in all.
  init(_ b: Matrix, n: Int, k: Int, rows: Int) {
    self.n = n
    self.k = k
    format = fl_format_in_use()
    scale = OperandScale.of(b, rows: k, columns: n, format)
    place = b.place
    let isNear = b.stride <= Self.nearRow && rows < Self.rowsThatPay
    if format == FL_FLOAT32, n % 32 == 0, b.place.step == 1, isNear {
      (words, bytes) = (nil, 0)
      return
    }
    bytes = Int(fl_product_words(format, Int64(n), Int64(k))) * MemoryLayout<UInt32>.stride
    guard let memory = fl_memory_take(bytes) else {
      preconditionFailure("no memory for a packed matrix of \(bytes) bytes")
    }
    words = memory.assumingMemoryBound(to: UInt32.self)
    pack()
  }

  deinit { fl_memory_give(words, bytes) }

  /// Floats of a row up to which a block of the depth stays in the second-level cache as it is.
  private static let nearRow = 256

  /// Rows of left operands from which such a block is packed all the same: where tiles are narrow
  /// (AVX2), each of its lines is read twice as often.
  private static var rowsThatPay: Int {
    #if arch(x86_64)
    fl_cpu_level() == 1 ? 512 : .max
    #else
    .max
    #endif
  }

  var panels: Int { (n + 31) / 32 }

  private func pack() {
    var product = fl_product()
    (product.n, product.k) = (Int64(n), Int64(k))
    (product.b, product.b_row, product.b_step) = place
    product.b_scale = scale
    let perBlock = 4
    let groups = (panels + perBlock - 1) / perBlock
    let depth = Int(fl_product_depth(format))
    let (fixed, format, words, panels) = (product, format, words, panels)
    Parallel.blocks((k + depth - 1) / depth * groups) { index in
      let first = index % groups * perBlock
      withUnsafePointer(to: fixed) {
        fl_pack_block(
          format, $0, words, Int64(index / groups), Int64(first),
          Int64(min(first + perBlock, panels)))
      }
    }
  }
}

/// Large products on Fairline's own kernels: blocks of the result over all threads.
enum BlockedProduct {
  /// Whether products run on these kernels: wherever the CPU has fused multiply-adds, whose results
  /// are then the same on all such CPUs.
  static var isUsed: Bool { fl_cpu_level() > 0 }

  /// Whether a product is large enough for more than its plain form: a mask, a packed operand for
  /// several products.
  static func pays(m: Int, n: Int, k: Int) -> Bool {
    isUsed && m >= 24 && n >= 24 && k >= 16 && m * n * k >= 200_000
  }

  /// Computes `c = a b + bias`, or adds that to c.
  ///
  /// - Parameter mask: numbers that stand like those of c, which becomes 0 where they are not
  ///   above 0.
  ///
  /// An element's sum runs in one order, whatever the number of rows and threads. In a format that
  /// scales its operands, the scale is that of all rows.
  static func run(
    _ c: Matrix, _ a: Matrix, _ b: RightOperand, m: Int, adds: Bool,
    bias: UnsafePointer<Float>? = nil, clamps: Bool = false, mask: UnsafePointer<Float>? = nil
  ) {
    let grid = Grid(m: m, of: b)
    // Rows that are read for one part of the result only, and whose numbers nothing depends on
    // before.
    let formsRows = b.format == FL_FLOAT32 && grid.panelBlocks == 1
    if !formsRows { a.sum?.form() }
    var product = fl_product()
    (product.m, product.n, product.k) = (Int64(m), Int64(b.n), Int64(b.k))
    (product.a, product.a_row, product.a_step) = a.place
    product.a_scale = OperandScale.of(a, rows: m, columns: b.k, b.format)
    (product.b, product.b_row, product.b_step) = b.place
    product.b_scale = b.scale
    (product.c, product.c_row) = (c.pointer, Int64(c.stride))
    (product.add, product.clamp, product.bias, product.mask) = (adds, clamps, bias, mask)
    guard formsRows, let sum = a.sum else { return compute(product, grid, b) }
    sum.form { pending in
      product.sum = pending
      compute(product, grid, b)
    }
  }

  private static func compute(_ fixed: fl_product, _ grid: Grid, _ b: RightOperand) {
    Parallel.blocks(grid.rowBlocks * grid.panelBlocks) { index in
      var part = grid.part(index, of: b.panels)
      if !grid.beginsShare(index + 1) {
        let next = grid.part(index + 1, of: b.panels)
        (part.next_row, part.next_last_row) = (next.first_row, next.last_row)
      }
      withUnsafePointer(to: fixed) { fl_product_block(b.format, $0, b.words, &part) }
    }
  }

  /// How a result is cut.
  ///
  /// Columns are cut where their packed form is still near when it is read again, and rows into as
  /// many blocks as use it often enough and let no thread wait long for the last one: equal ones up
  /// to a strip, larger ones first, and with the columns a multiple of four. Blocks that are
  /// computed one after the other share their columns. Where the columns of a block stay in no
  /// cache over the whole depth, rows are in fewer blocks.
  private struct Grid {
    let m: Int
    let rowBlocks: Int
    let panels: Int
    let panelBlocks: Int
    /// Read once: the number may change while blocks are computed, and each must see the same cuts.
    private let threads = Parallel.threadCount

    /// About how many blocks there are.
    private static let blocks = 32
    /// Rows that the kernels compute together.
    private static let strip = 12
    /// Elements of a right operand that stay in the second-level cache.
    private static let near = 1 << 18

    init(m: Int, of b: RightOperand) {
      let all = b.panels
      self.m = m
      let most = m >= 1024 ? 32 : 16
      let cuts = (all + most - 1) / most
      panels = (all + cuts - 1) / cuts
      panelBlocks = (all + panels - 1) / panels
      let isDeep = panelBlocks == 1 && b.n * b.k > Grid.near
      let wanted = max(1, min(Grid.blocks / panelBlocks, isDeep ? m / 128 : (m + 95) / 96))
      let step = isDeep ? threads : panelBlocks % 4 == 0 ? 1 : panelBlocks % 2 == 0 ? 2 : 4
      rowBlocks = min((wanted + step - 1) / step * step, (m + Grid.strip - 1) / Grid.strip)
    }

    func part(_ index: Int, of all: Int) -> fl_part {
      let (block, panel) = (index % rowBlocks, index / rowBlocks * panels)
      let rows = self.rows(block)
      return fl_part(
        first_row: Int64(rows.lowerBound), last_row: Int64(rows.upperBound),
        first_panel: Int64(panel), last_panel: Int64(min(panel + panels, all)), next_row: 0,
        next_last_row: 0)
    }

    /// Whether a block is not its predecessor's thread's: each begins with a share of its own,
    /// neighbouring blocks.
    func beginsShare(_ block: Int) -> Bool {
      (0...threads).contains { rowBlocks * panelBlocks * $0 / threads == block }
    }

    /// The rows of a block: a fair part, in strips, of the rows of its thread.
    private func rows(_ block: Int) -> Range<Int> {
      let shares = min(threads, rowBlocks)
      let share = (0..<shares).last { rowBlocks * $0 / shares <= block } ?? 0
      func edge(_ share: Int) -> Int { share == shares ? m : m * share / shares / 4 * 4 }
      let (first, last) = (edge(share), edge(share + 1))
      let before = rowBlocks * share / shares
      let blocks = rowBlocks * (share + 1) / shares - before
      let (strips, more) = ((last - first + Grid.strip - 1) / Grid.strip).quotientAndRemainder(
        dividingBy: blocks)
      func row(_ place: Int) -> Int {
        min(first + (place * strips + min(place, more)) * Grid.strip, last)
      }
      return row(block - before)..<row(block - before + 1)
    }
  }
}

extension Matrix {
  fileprivate typealias Place = (pointer: UnsafePointer<Float>, row: Int64, step: Int64)

  /// Where the element (i, j) stands: at `i * row + j * step` from the pointer.
  fileprivate var place: Place {
    transposed
      ? (UnsafePointer(pointer), 1, Int64(stride)) : (UnsafePointer(pointer), Int64(stride), 1)
  }
}
