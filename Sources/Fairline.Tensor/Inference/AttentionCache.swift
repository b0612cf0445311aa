import CFairlineKernels

/// Keys and values of the rows that a decoder's steps attend to. `[cached row, 2 channel]`
public final class AttentionCache {
  /// The numbers that keys and values are held in.
  public enum Precision: Sendable {
    /// 32 bit floating point.
    case float32
    /// 16 bit floating point (IEEE 754 binary16): half the memory to read in each step, 11
    /// significant bits.
    case float16
  }

  let precision: Precision
  /// Numbers from one row to the next.
  let stride: Int
  /// Keys and values of a row.
  private let columns: Int
  /// In float16, each element holds two numbers.
  private let rows: RowBuffer

  /// Makes an empty cache for keys and values of `channels` each.
  ///
  /// There is a gap behind each row: a prefix's rows often have the same distance from each other,
  /// and would all want the same few places of the processor's first cache if that were a multiple
  /// of a large power of two.
  public init(channels: Int, precision: Precision = .float32) {
    self.precision = precision
    columns = 2 * channels
    let perElement = precision == .float32 ? 1 : 2
    let elements = columns / perElement + Self.gap
    rows = RowBuffer(columns: elements)
    stride = elements * perElement
  }

  /// One line of the processor's cache.
  private static let gap = 16

  /// Makes a cache of keys and values that are there, whose memory it shares. `[cached row, 2
  /// channel]`
  public init(_ rows: RowBuffer) {
    precision = .float32
    (columns, stride) = (rows.columns, rows.columns)
    self.rows = rows
  }

  /// The first number of the first row.
  var pointer: UnsafeMutablePointer<Float> { rows.pointer }

  /// Makes room for rows, of which `kept` keep what they hold.
  public func reserve(_ count: Int, keeping kept: Int) { rows.reserve(count, keeping: kept) }

  /// Stores keys and values.
  ///
  /// - Parameters:
  ///   - source: keys and values in neighbouring columns. `[row, ...]`
  ///   - first: the column where keys begin.
  ///   - places: the cached row for each row of `source`.
  public func store(_ source: RowBuffer, from first: Int, at places: [Int32]) {
    for (row, place) in places.enumerated() {
      let (from, to) = (source.row(row) + first, rows.row(Int(place)))
      switch precision {
      case .float32: to.update(from: from, count: columns)
      case .float16:
        let halves = UnsafeMutableRawPointer(to).assumingMemoryBound(to: UInt16.self)
        fl_to_half(halves, from, Int64(columns))
      }
    }
  }
}
