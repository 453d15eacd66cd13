/// Streams kept in one log. The entry class is [StreamLog]; it needs no HTTP.
///
/// ```
///   Command --submit--> GroupCommit --leads--> LogLeader                      StreamReader <--find-- reader
///                                              |  CommandRules decides            |
///                                              |  Entry is staged, applied        |  RunList: what the journal has
///                                              v  to LogState                     v  SettledRuns: what segments have
///                                           Journal ---- one force ----> published tails, watchers, answers
/// ```
///
/// What is not in memory is looked up before it is needed: commands wait in [RequestLookUps] for
/// [StreamLookUp] to bring their streams from the [Catalog] into [Streams]; [Residents] says what may leave.
///
/// Invariants:
/// - [LogState#apply] is the only thing that changes state, for the live log and for recovery alike.
/// - Data, producer, closure and sequence of one request lie in one entry.
/// - Readers see durable state only; no answer rests on anything else.
/// - After a failed force nothing is decided any more.
/// - No class reads the system clock; clocks come in through [StreamLog#open].
@NullMarked
package dev.siltstone.stream;

import org.jspecify.annotations.NullMarked;
