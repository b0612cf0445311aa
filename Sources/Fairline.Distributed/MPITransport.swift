import CFairlineMPI
import FairlineFoundation

/// Messages through an MPI library that is loaded at run time.
final class MPITransport: Transport {
  let rank: Int
  let count: Int
  let largestMessage = 1 << 30

  /// Loads a library and joins the job.
  ///
  /// - Throws: `UserError` where there is no library, or none that belongs to the launcher.
  init(_ launch: RankLaunch, library: String?) throws {
    let files = library.map { [$0] } ?? launch.libraries
    var failures: [String] = []
    var kind = FL_MPI_NONE
    for file in files where kind == FL_MPI_NONE {
      kind = Self.filling {
        fl_mpi_load(file, $0, $1)
      } failed: {
        failures.append($0)
      }
    }
    let job = "this process is one of \(launch.count) ranks (\(launch.source))"
    guard kind != FL_MPI_NONE else {
      throw UserError(
        "\(job), and there is no MPI library: install Open MPI (libopenmpi3) or MPICH "
          + "(libmpich12), or name the library's file in \(RankLaunch.libraryVariable) ("
          + failures.joined(separator: "; ") + ")")
    }
    let name = kind == FL_MPI_OPEN ? "Open MPI" : "MPICH"
    let others =
      "\(job), and the MPI library that was found is \(name)'s, which that launcher does not know: "
      + "start with \(name)'s mpirun, or name the launcher's library in "
      + RankLaunch.libraryVariable
    guard launch.launcher != (kind == FL_MPI_OPEN ? .mpich : .openMPI) else {
      throw UserError(others)
    }
    var (rank, count): (Int32, Int32) = (0, 0)
    var reason = ""
    let isStarted = Self.filling {
      fl_mpi_start(&rank, &count, $0, $1)
    } failed: {
      reason = $0
    }
    guard isStarted else { throw UserError("\(name) cannot be started: \(reason)") }
    guard (Int(rank), Int(count)) == (launch.rank, launch.count) else { throw UserError(others) }
    (self.rank, self.count) = (Int(rank), Int(count))
  }

  /// Calls a function that may fill a text with the reason of its failure.
  private static func filling<Result>(
    _ body: (UnsafeMutablePointer<CChar>, Int32) -> Result, failed: (String) -> Void
  ) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
      text[0] = 0
      let result = body(text.baseAddress!, 512)
      if text[0] != 0 { failed(String(cString: text.baseAddress!)) }
      return result
    }
  }

  /// A request of the library's.
  private final class Message: Transfer {
    private let request = UnsafeMutablePointer<fl_mpi_transfer>.allocate(capacity: 1)
    private let peer: Int
    private var isOver = false

    init(_ peer: Int, _ begin: (UnsafeMutablePointer<fl_mpi_transfer>) -> Int32) throws {
      self.peer = peer
      request.initialize(to: fl_mpi_transfer())
      try check(begin(request))
    }

    deinit { request.deallocate() }

    func isDone() throws -> Bool {
      if !isOver { try check(fl_mpi_done(request, &isOver)) }
      return isOver
    }

    private func check(_ code: Int32) throws {
      guard code == 0 else {
        throw UserError("messages do not reach rank \(peer) any more (error \(code) of MPI)")
      }
    }
  }

  func send(
    _ bytes: UnsafeRawBufferPointer, to peer: Int, on channel: Channel
  ) throws -> any Transfer {
    try Message(peer) {
      fl_mpi_send(bytes.baseAddress, Int32(bytes.count), Int32(peer), channel.rawValue, $0)
    }
  }

  func receive(
    into bytes: UnsafeMutableRawBufferPointer, from peer: Int, on channel: Channel
  ) throws -> any Transfer {
    try Message(peer) {
      fl_mpi_receive(bytes.baseAddress, Int32(bytes.count), Int32(peer), channel.rawValue, $0)
    }
  }

  func abort(_ code: Int32) { fl_mpi_abort(code) }

  func finish() { fl_mpi_finish() }
}
