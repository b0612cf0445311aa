import FairlineDistributed
import Testing

/// What launchers' variables say.
@Suite struct LaunchTests {
  @Test func variablesTellTheRank() throws {
    let open = try #require(
      RankLaunch([
        "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
        "PMIX_RANK": "3",
      ]))
    #expect((open.rank, open.count, open.countHere) == (3, 4, 2))
    #expect(open.launcher == .openMPI && open.source == "OMPI_COMM_WORLD_SIZE=4")
    let mpich = try #require(
      RankLaunch(["PMI_SIZE": "2", "PMI_RANK": "0", "MPI_LOCALNRANKS": "2"]))
    #expect((mpich.rank, mpich.count, mpich.countHere, mpich.launcher) == (0, 2, 2, .mpich))
    let slurm = try #require(RankLaunch(["PMIX_RANK": "5", "SLURM_NTASKS": "8"]))
    #expect((slurm.rank, slurm.count, slurm.launcher) == (5, 8, .slurm))
  }

  @Test func aProcessMayBeAlone() {
    #expect(RankLaunch([:]) == nil)
    #expect(RankLaunch(["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"]) == nil)
    #expect(RankLaunch(["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "2"]) == nil)
    // Slurm without a protocol: as many processes that know nothing of each other.
    #expect(RankLaunch(["SLURM_NTASKS": "8", "SLURM_PROCID": "1"]) == nil)
  }

  @Test func fewerCoresThanThreadsAreWarnedOf() throws {
    let two = try #require(
      RankLaunch([
        "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
      ]))
    #expect(two.shortfall(allowed: 16, cores: 16, threads: 0) == nil)
    #expect(two.shortfall(allowed: 1, cores: 2, threads: 0) == nil)
    #expect(two.shortfall(allowed: 1, cores: 16, threads: 1) == nil)
    let warning = try #require(two.shortfall(allowed: 1, cores: 16, threads: 0))
    #expect(warning.contains("rank 1") && warning.contains("--bind-to none"))
    #expect(warning.contains("1 of 16 cores for 8 threads"))
  }
}
