import CFairlineMPI

import Foundation

/// Which of several ranks this process is, as the launcher's variables say; no MPI is needed to
/// know.
package struct RankLaunch: Sendable, Equatable {
  /// Whose launcher has started the process.
  package enum Launcher: Sendable, Equatable {
    /// `mpirun` of Open MPI.
    case openMPI
    /// One that speaks MPICH's protocol: MPICH, Intel MPI, Slurm's `--mpi=pmi2`.
    case mpich
    /// Slurm with PMIx, which serves several libraries.
    case slurm
  }

  /// The number of this process, from 0.
  package let rank: Int
  /// How many processes there are.
  package let count: Int
  /// How many of them run on this computer.
  package let countHere: Int
  /// Whose launcher it was.
  package let launcher: Launcher
  /// The variable that tells of the ranks, with its value.
  package let source: String

  /// The variable that names the file of an MPI library.
  package static let libraryVariable = "FAIRLINE_MPI_LIBRARY"

  /// Reads the variables of the process.
  ///
  /// - Returns: nil for a process that is alone, or whose launcher brings no protocol by which
  ///   ranks could find each other.
  package init?(_ environment: [String: String]) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    let size: String
    let place: Int?
    let here: Int?
    if number("OMPI_COMM_WORLD_SIZE") != nil {
      (launcher, size) = (.openMPI, "OMPI_COMM_WORLD_SIZE")
      (place, here) = (number("OMPI_COMM_WORLD_RANK"), number("OMPI_COMM_WORLD_LOCAL_SIZE"))
    } else if number("PMI_SIZE") != nil {
      (launcher, size) = (.mpich, "PMI_SIZE")
      (place, here) = (number("PMI_RANK"), number("MPI_LOCALNRANKS"))
    } else if number("PMIX_RANK") != nil, number("SLURM_NTASKS") != nil {
      (launcher, size) = (.slurm, "SLURM_NTASKS")
      (place, here) = (number("PMIX_RANK"), nil)
    } else {
      return nil
    }
    guard let count = number(size), count > 1, let place, (0..<count).contains(place) else {
      return nil
    }
    (rank, self.count, countHere) = (place, count, max(here ?? 1, 1))
    source = "\(size)=\(count)"
  }

  /// The files that the library may have, the launcher's own first.
  var libraries: [String] {
    let open = ["libmpi.so.40"]
    let mpich = ["libmpi.so.12", "libmpich.so.12"]
    return launcher == .mpich ? mpich + open : open + mpich
  }

  /// Cores that this process may use; nil where that is not known.
  package static var allowedCores: Int? {
    let count = Int(fl_allowed_cores())
    return count > 0 ? count : nil
  }

  /// The name of this computer.
  package static var host: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: &name.nodename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// The process of Open MPI on this computer that has started this one; nil where there is none.
  static var starter: Int32? {
    var process = getppid()
    for _ in 0..<4 where process > 1 {
      // `12 (name) S 3 …`: the third field behind the name is that of the parent.
      guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
      else { return nil }
      let name = String(text[text.index(after: open)..<close])
      if ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"].contains(name) {
        return process
      }
      let fields = text[text.index(after: close)...].split(separator: " ")
      guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
      process = parent
    }
    return nil
  }

  /// What to tell the user whose launcher lets this rank use fewer cores than it has threads; nil
  /// where all is well.
  ///
  /// - Parameters:
  ///   - allowed: cores that this process may use.
  ///   - cores: cores of the computer.
  ///   - threads: threads that will compute; 0 for one on each core.
  package func shortfall(allowed: Int, cores: Int, threads: Int) -> String? {
    let wanted = threads > 0 ? threads : cores / countHere
    guard allowed < wanted else { return nil }
    return
      "warning: rank \(rank) may use \(allowed) of \(cores) cores for \(wanted) threads: start "
      + "with mpirun --bind-to none, or --map-by slot:PE=\(wanted)"
  }
}
