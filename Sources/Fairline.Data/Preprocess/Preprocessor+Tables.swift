import FairlineFoundation

extension Preprocessor {
  /// Writes the two columns of a table to files of their own.
  ///
  /// - Throws: `UserError` naming the line that has no two columns.
  mutating func splitTable(_ path: String) throws {
    let columns = paths.languages.map { paths.column(path, $0) }
    guard columns.allSatisfy({ paths.copies[$0] == nil }) else { return }
    var files: [FileWriter] = []
    for column in columns {
      let copy = paths.inDestination(".input.\(paths.copies.count)")
      files.append(try FileWriter(copy))
      paths.copies[column] = copy
    }
    var reader = try TextBlockReader(path == "-" ? "/dev/stdin" : path, blockSize: 1 << 20)
    var number = 0
    while let block = try reader.next() {
      try block.forEachLine { line in
        number += 1
        let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
        guard fields.count >= 2 else {
          throw UserError("\(path):\(number): expected a source, a tab and a target")
        }
        for (file, field) in zip(files, fields) {
          try file.write(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: field)))
          try file.write([0x0A])
        }
      }
    }
    for file in files { try file.finish() }
  }
}
