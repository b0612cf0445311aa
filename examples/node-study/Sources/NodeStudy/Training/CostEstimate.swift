/// About how long rows will take, from a count of multiplications and the speed of the rows so far.
struct CostEstimate {
  private let plan: StudyPlan
  /// Seconds and multiplications of what has been trained.
  private var seconds = 0.0
  private var work = 0.0
  /// Seconds of measurements, and of how many rows.
  private var measuring = (seconds: 0.0, rows: 0)

  init(_ plan: StudyPlan) { self.plan = plan }

  /// Multiplications of one update, up to a factor.
  private func work(ofUpdate row: StudyRow) -> Double {
    let (width, hidden) = (Double(plan.width), Double(plan.hidden))
    let encoder = 4 * width * width + 2 * width * hidden
    let decoder = encoder + 4 * width * width
    let output = 1.3 * Double(plan.symbols) * width
    let layers = row.passes.encoder * encoder + row.passes.decoder * decoder
    // Narrow layers run at a fraction of the speed of wide ones.
    let narrowness = 1 + 110 / width
    return (output + narrowness * layers) * Double(plan.maxTokens)
  }

  /// Notes the time of some updates.
  mutating func add(_ row: StudyRow, updates: Int, seconds: Double) {
    self.seconds += seconds
    work += work(ofUpdate: row) * Double(updates)
  }

  /// Notes the time of a row's measurements.
  mutating func add(measuring seconds: Double) {
    measuring.seconds += seconds
    measuring.rows += 1
  }

  /// Seconds that rows take from their beginning; nil while nothing is known.
  func seconds(_ rows: some Sequence<StudyRow>) -> Double? {
    guard work > 0 else { return nil }
    let each = measuring.rows > 0 ? measuring.seconds / Double(measuring.rows) : 0
    return rows.reduce(0) {
      $0 + work(ofUpdate: $1) * Double(plan.updates(of: $1)) * seconds / work + each
    }
  }
}
