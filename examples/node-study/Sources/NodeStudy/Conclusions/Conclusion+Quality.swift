extension Conclusion {
  /// Rows with one layer of weights on each side and fixed steps.
  private static let shallow = [
    "study-right", "euler-1", "heun2-1", "heun2-2", "rk4-1", "encoder-only", "separated",
    "augmented", "time", "kinetic",
  ]

  /// The NODE of one layer of weights with the fewest bits.
  static func bestShallow(_ s: StudyResults) -> (name: String, gap: Double)? {
    shallow.compactMap { name in s.gap(name, over: "classic-1").map { (name, $0) } }
      .min { $0.1 < $1.1 }
  }

  /// 1: a NODE is behind a Transformer of one layer.
  static func parity(_ s: StudyResults) -> Conclusion {
    let best = bestShallow(s)
    return Conclusion(
      1, "As it stands, the NODE Transformer does not come up to an ordinary one of one layer.",
      [
        Wording.comparison(s, "study-as-was", with: "classic-1"),
        Wording.comparison(s, "study-no-encoder", with: "classic-1"),
        Wording.comparison(s, "study-right", with: "classic-1"),
        best.flatMap { Wording.comparison(s, $0.name, with: "classic-1") }.map {
          "The best NODE with one layer of weights on each side: " + $0
        },
        Wording.comparison(s, "pieces", with: "classic-deep"),
      ], parityJudgement(s, best: best?.gap),
      rule:
        "A model comes up to another when its validation bits are at most the margin higher after "
        + "as many updates. Holds when no NODE of one layer of weights with fixed steps comes up "
        + "to classic 1+1; holds for the study's set-up only when one does and the study as it was "
        + "does not; fails when the study as it was does too. Open while classic 1+1 is not "
        + "\(StudyResults.learnedBits) bits below the entropy of symbols.")
  }

  private static func parityJudgement(_ s: StudyResults, best: Double?) -> Judgement {
    guard let best else { return missing }
    guard s.hasLearned(at: s.plan.updates) else { return tooEarly }
    if best > s.margin { return (.holds, "holds: no NODE of one layer comes up to it") }
    guard let asWas = s.gap("study-as-was", over: "classic-1"),
      s.hasLearned(at: s.plan.adaptiveUpdates)
    else { return (.partly, "not when done right; the set-up as it was cannot be judged yet") }
    return asWas > s.margin
      ? (.partly, "true of the study's set-up only") : (.fails, "fails, even for its set-up")
  }

  /// 8: augmentation helps little.
  static func augmentation(_ s: StudyResults) -> Conclusion {
    variant(8, "Further channels for the solve (augmentation) help little.", "augmented", s)
  }

  /// 9: time dependence does not help.
  static func time(_ s: StudyResults) -> Conclusion {
    variant(9, "Letting the field read the time does not help.", "time", s)
  }

  private static func variant(
    _ number: Int, _ claim: String, _ name: String, _ s: StudyResults
  ) -> Conclusion {
    var judgement = missing
    if let gap = s.gap(name, over: "heun2-2") {
      judgement =
        !s.hasLearned(at: s.plan.updates)
        ? tooEarly
        : gap < -s.margin
          ? (.fails, "it does help here") : (.holds, "holds: no better than without")
    }
    return Conclusion(
      number, claim,
      [
        Wording.comparison(s, name, with: "heun2-2"),
        s.slowdown(name, over: "heun2-2").map {
          "It takes \(Wording.times($0)) the processor time per target symbol."
        },
        Wording.fineEvaluations(s, name),
      ], judgement,
      rule: "Fails when it is better than the same model without by more than the margin; holds "
        + "otherwise.")
  }
}

extension Wording {
  /// What a fine adaptive solve needs in a trained row, beside the plain one.
  static func fineEvaluations(_ s: StudyResults, _ name: String) -> String? {
    guard let mine = s.fineEvaluations(name), let plain = s.fineEvaluations("heun2-2"),
      let title = s.row("heun2-2")?.title
    else { return nil }
    return
      "A fine adaptive solve of the trained model takes \(count(mine)) evaluations on both sides "
      + "together, \(count(plain)) in \(title)."
  }
}

extension StudyResults {
  /// Evaluations that a fine adaptive solve of the trained row needs, both sides together.
  package func fineEvaluations(_ name: String) -> Double? {
    mean(name) { $0.audit.map { $0.fine.encoder + $0.fine.decoder } }
  }
}
