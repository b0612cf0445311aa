import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct NamedPipeTests {
  private static func pipe() throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    let path = folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    return (folder, path)
  }

  @Test func aPipeWithoutWriterIsAnError() throws {
    let (folder, path) = try Self.pipe()
    let sentence = message { _ = try FileReader(path, patience: 0.1) }
    #expect(sentence.contains("'\(path)'") && sentence.contains("nobody has begun to write"))
    let other = message { _ = try LineReader(path, flag: "--replace-unk", patience: 0.1) }
    #expect(other.contains("nobody has begun to write"))
    withExtendedLifetime(folder) {}
  }

  /// Whoever comes late and writes slowly is read to the end.
  @Test func aSlowWriterIsWaitedFor() throws {
    let (folder, path) = try Self.pipe()
    for read in [
      { try Array(String(decoding: readBytes(of: path), as: UTF8.self).split(separator: "\n")) },
      { try LineReader(path, flag: "--replace-unk", patience: 10).rest().map { $0[...] } },
    ] as [() throws -> [Substring]] {
      let writer = Thread {
        usleep(100_000)
        let file = open(path, O_WRONLY)
        usleep(200_000)
        for part in ["a", "b\nc", "\n"] {
          _ = write(file, part, part.utf8.count)
          usleep(50_000)
        }
        close(file)
      }
      writer.start()
      #expect(try read() == ["ab", "c"])
    }
    withExtendedLifetime(folder) {}
  }

  /// A writer that writes nothing makes an empty file.
  @Test func anEmptyPipeIsEmpty() throws {
    let (folder, path) = try Self.pipe()
    let writer = Thread {
      usleep(100_000)
      close(open(path, O_WRONLY))
    }
    writer.start()
    #expect(try readBytes(of: path) == [])
    withExtendedLifetime(folder) {}
  }
}
