import FairlineTensor
import Foundation

/// What hands out sentences to workers and takes their results.
protocol SentenceSource: AnyObject, Sendable {
  /// The next sentences of one batch, at most `most`; nil when there are none.
  ///
  /// - Parameter mayWait: whether to wait for sentences that will come, instead of giving nil.
  func take(_ most: Int, mayWait: Bool) -> SentencePart?

  /// Takes the result of a sentence.
  func put(_ place: SentencePlace, _ found: [Hypothesis])

  /// Whether at most one worker has something to do, so that it may use all threads.
  var hasOneWorker: Bool { get }
}

/// Sentences of a batch to translate.
struct SentencePart {
  let batch: Int
  let inputs: [GenerationInput]
  let rows: Range<Int>
}

/// Where a sentence belongs.
struct SentencePlace {
  let batch: Int
  let row: Int
}

/// One worker: a search that sentences join as others leave.
final class SearchWorker: @unchecked Sendable {
  // Used by one thread after the other.
  private let generator: SequenceGenerator
  private let source: any SentenceSource
  private var search: LiveSearch?
  /// Where each tag's sentence belongs.
  private var places: [Int: SentencePlace] = [:]
  private var nextTag = 0

  init(_ generator: SequenceGenerator, _ source: any SentenceSource) {
    self.generator = generator
    self.source = source
  }

  /// Works in a thread of its own until the source has nothing more.
  func start() {
    let thread = Thread { self.run() }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func run() {
    while true {
      refill()
      Parallel.setSerial(!source.hasOneWorker)
      guard let finished = search?.step(), let search else { return }
      for (tag, found) in finished {
        if let place = places.removeValue(forKey: tag) { source.put(place, found) }
      }
      if search.count == 0, !search.takesMore { self.search = nil }
    }
  }

  /// Takes as many sentences as there is room for.
  private func refill() {
    while true {
      let alive = search?.count ?? 0
      let room = generator.width.sentences - alive
      if alive > 0, search?.takesMore == false || room < generator.width.leastRoom { return }
      guard let part = source.take(room, mayWait: alive == 0) else {
        if alive == 0 { search = nil }
        return
      }
      generator.add(part.rows, of: part.inputs, tags: nextTag, to: &search)
      for row in part.rows {
        places[nextTag] = SentencePlace(batch: part.batch, row: row)
        nextTag += 1
      }
    }
  }
}
