/// Keeps an output from holding the same sequence of symbols twice.
package enum NgramBlocking {
  /// The symbols that would complete a sequence of `size` symbols that the prefix holds already.
  ///
  /// The start symbol belongs to the prefix, but single symbols (size 1) are never compared with
  /// it: it is the end symbol too, and without it no output could end.
  ///
  /// - Parameter prefix: the start symbol, and what was generated behind it.
  package static func blocked(after prefix: [Int32], size: Int) -> [Int32] {
    guard size > 0, prefix.count + 1 >= size else { return [] }
    let context = prefix.suffix(size - 1)
    var result: [Int32] = []
    for start in (size == 1 ? 1 : 0)..<max(prefix.count - size + 1, size == 1 ? 1 : 0)
    where prefix[start..<(start + size - 1)].elementsEqual(context) {
      result.append(prefix[start + size - 1])
    }
    return result
  }
}
