/// Messages of bytes between the ranks of a job.
///
/// Messages between two ranks on one channel arrive in the order in which they were sent, and each
/// is received into memory of its size. Calls may come from several threads and wait for nobody.
package protocol Transport: AnyObject, Sendable {
  /// The number of this rank, from 0.
  var rank: Int { get }

  /// How many ranks there are.
  var count: Int { get }

  /// The most bytes of one message.
  var largestMessage: Int { get }

  /// Begins to send bytes, which must stay where they are until that is done.
  func send(
    _ bytes: UnsafeRawBufferPointer, to peer: Int, on channel: Channel
  ) throws -> any Transfer

  /// Begins to receive bytes, whose memory must stay until that is done.
  func receive(
    into bytes: UnsafeMutableRawBufferPointer, from peer: Int, on channel: Channel
  ) throws -> any Transfer

  /// Ends all ranks of the job with an exit code, as far as they can be reached. May return.
  func abort(_ code: Int32)

  /// Ends the connection when all messages are done.
  func finish()
}

/// What messages belong to.
package enum Channel: Int32, Sendable {
  /// What training exchanges.
  case data = 1
  /// Signs of life.
  case pulse = 2
}

/// A message under way.
package protocol Transfer: AnyObject {
  /// Whether it has gone or come.
  func isDone() throws -> Bool
}
