/// The program: one class per subcommand, no decisions about storage or protocol.
///
/// ```
/// Main -> Siltstone -+- ServeCommand    -> StreamLog, SiltstoneServer
///                    +- StreamCommand   -> CreateCommand, AppendCommand, ... -> StreamClient (HTTP)
///                    +- BenchCommand    -> BenchAppendCommand, ... -> LoadTest
///                    +- InspectCommand  -> JournalInspection, EntryDescription
///                    +- VersionCommand
/// ```
///
/// Everything that prints facts has `--json`; standard input and output otherwise carry bytes, messages
/// go to standard error. What a command could not do is a [CommandFailure] with one of the codes of
/// [ExitCode]. Only `serve` touches a logger or Netty, so that the others start quickly.
@NullMarked
package dev.siltstone.cli;

import org.jspecify.annotations.NullMarked;
