extension Conclusion {
  /// The rows with adaptive steps, the one with noise first.
  private static let adaptive = ["study-as-was", "study-adaptive", "adaptive"]
  /// So much more at the end than at the beginning is growth.
  private static let growing = 1.25
  /// So little change is none.
  private static let flat = 0.1

  /// The evaluations of a row at both ends of its training.
  private static func ends(
    _ s: StudyResults, _ name: String, _ curve: (Curves) -> [Double]
  ) -> (first: Double, last: Double)? {
    let all = s.results(name).compactMap { Curves.ends(of: curve($0.curves)) }
    guard !all.isEmpty else { return nil }
    return (Curves.mean(all.map(\.first)), Curves.mean(all.map(\.last)))
  }

  private static func forward(_ curves: Curves) -> [Double] {
    zip(curves.encoderForward, curves.decoderForward).map(+)
  }

  /// 3: evaluations grow with knowledge.
  static func growth(_ s: StudyResults) -> Conclusion {
    func ratio(_ name: String) -> Double? {
      ends(s, name, forward).map { $0.last / max($0.first, 1e-9) }
    }
    let measured = Wording.sentences(s, adaptive) { name in
      guard let (first, last) = ends(s, name, forward) else { return nil }
      return ": \(Wording.count(first)) evaluations forward on both sides at first, "
        + "\(Wording.count(last)) in the end (\(Wording.times(last / max(first, 1e-9))))."
    }
    var noise: String?
    if let noisy = ends(s, "study-as-was", forward), let clean = ends(s, "study-adaptive", forward)
    {
      noise =
        "Dropout that is drawn anew in every evaluation alone makes "
        + "\(Wording.times(noisy.last / max(clean.last, 1e-9))) the evaluations in the end."
    }
    var judgement = missing
    let clean = adaptive.dropFirst().compactMap(ratio)
    if let noisy = ratio("study-as-was"), !clean.isEmpty {
      let cleanGrows = clean.contains { $0 >= growing }
      judgement =
        switch (noisy >= growing, cleanGrows) {
        case (true, true): (.holds, "holds, also without noise")
        case (true, false): (.artefact, "noise: it does not grow without")
        case (false, true): (.partly, "it grows where no noise hides it")
        case (false, false): (.fails, "no growth in so many updates")
        }
    }
    return Conclusion(
      3, "Solves need more and more evaluations as the model learns: complexity follows knowledge.",
      measured + [noise], judgement,
      rule:
        "Growth is \(growing) times the evaluations forward in the last tenth of updates as in the "
        + "first. Holds when the study as it was "
        + "grows and a row without noise does too; an artefact when only the former does.")
  }

  /// 4: the decoder grows, the encoder does not.
  static func sides(_ s: StudyResults) -> Conclusion {
    func change(_ name: String, _ curve: (Curves) -> [Double]) -> Double? {
      ends(s, name, curve).map { $0.last / max($0.first, 1e-9) - 1 }
    }
    let measured = Wording.sentences(s, adaptive) { name in
      guard let (left, lastLeft) = ends(s, name, \.encoderForward),
        let (right, lastRight) = ends(s, name, \.decoderForward)
      else { return nil }
      return ": encoder \(Wording.count(left)) → \(Wording.count(lastLeft)), decoder "
        + "\(Wording.count(right)) → \(Wording.count(lastRight)) evaluations forward."
    }
    var judgement = missing
    let trained = adaptive.dropFirst().compactMap { change($0, \.encoderForward) }
    let decoders = adaptive.dropFirst().compactMap { change($0, \.decoderForward) }
    if let untrained = change("study-as-was", \.encoderForward), !trained.isEmpty {
      let isFlat = abs(untrained) <= flat
      let trainedMoves = trained.contains { abs($0) > flat }
      judgement =
        if trainedMoves {
          isFlat
            ? (.artefact, "an encoder is flat only while it is not trained")
            : (.fails, "the encoder's count moves too")
        } else {
          decoders.contains { $0 > flat }
            ? (.holds, "holds in so many updates")
            : (.open, "neither side moves in so many updates")
        }
    }
    return Conclusion(
      4, "The decoder's solves grow harder while the encoder's stay the same.", measured, judgement,
      rule:
        "A count is flat when it changes by at most \(Int(100 * flat)) % between the first and the "
        + "last tenth of updates. An artefact when the encoder is flat in the study as it was, "
        + "whose encoder is not trained, and not in a row whose encoder is; holds when trained "
        + "encoders are flat and a decoder's count grows.")
  }

  /// 10: weight decay against regularised dynamics.
  static func regularisation(_ s: StudyResults) -> Conclusion {
    func known(_ name: String) -> (gap: Double, mine: Double, plain: Double)? {
      guard let gap = s.gap(name, over: "heun2-2"), let mine = s.fineEvaluations(name),
        let plain = s.fineEvaluations("heun2-2")
      else { return nil }
      return (gap, mine, plain)
    }
    /// Whether a row needs fewer evaluations, and whether it is as good.
    func effect(_ name: String) -> (saves: Bool, isGood: Bool)? {
      known(name).map { ($0.mine <= 0.95 * $0.plain, $0.gap <= s.margin) }
    }
    let measured = Wording.sentences(s, ["decay-0.1", "decay-0.9", "kinetic"]) { name in
      guard let (gap, mine, plain) = known(name) else { return nil }
      return ": \(Wording.signed(gap)) bits, \(Wording.count(mine)) instead of "
        + "\(Wording.count(plain)) evaluations in a fine adaptive solve of the trained model."
    }
    var judgement = missing
    if let decay = effect("decay-0.9"), let kinetic = effect("kinetic") {
      let first = decay.saves && !decay.isGood
      let second = kinetic.saves && kinetic.isGood
      judgement =
        !s.hasLearned(at: s.plan.updates)
        ? tooEarly
        : first && second
          ? (.holds, "holds")
          : first
            ? (.partly, "true of weight decay; the energy does not help here")
            : second
              ? (.partly, "the energy helps; weight decay does not behave so")
              : (.fails, "neither half holds")
    }
    return Conclusion(
      10,
      "Weight decay saves some evaluations but costs quality; regularising the dynamics is the "
        + "better way.",
      measured, judgement,
      rule:
        "Saves is at least 5 % fewer evaluations in a fine adaptive solve of the trained model; "
        + "costs quality is more than the margin. "
        + "The first half holds when weight decay 0.9, the study's, saves and costs quality; the "
        + "second when the penalty on kinetic energy saves and does not.")
  }
}
