import Foundation

let settings = Settings()

do {
  try Session(settings).run()
} catch {
  note("fairline-compare: \(error)")
  exit((error as? CompareError)?.isUsage == true ? 2 : 1)
}
