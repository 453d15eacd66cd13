package dev.siltstone.stream;

import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.util.function.Consumer;

/// What may be chosen about a [StreamLog].
///
/// @param journal of the files below
/// @param leader who leads the log: callers, or a thread of its own
/// @param queueCapacity commands that may wait; one more is refused
/// @param producersPerStreamMax producers that a stream remembers; one more within 7 days is refused
/// @param residency how many streams are kept in memory
/// @param settling when what was appended moves from the journal into segments
/// @param notices is told what an operator should know, a line each; called by any thread
public record StreamLogSettings(
        JournalSettings journal,
        LeaderMode leader,
        int queueCapacity,
        int producersPerStreamMax,
        ResidencySettings residency,
        SettlingSettings settling,
        Consumer<String> notices) {
    public StreamLogSettings {
        if (queueCapacity < 1 || producersPerStreamMax < 1) {
            throw new IllegalArgumentException("capacities are at least 1");
        }
    }

    /// Fit for embedded use: a thread of its own leads.
    public static StreamLogSettings defaults() {
        return new StreamLogSettings(
                JournalSettings.defaults(),
                LeaderMode.DEDICATED,
                65_536,
                4_096,
                ResidencySettings.defaults(),
                SettlingSettings.defaults(),
                line -> System.getLogger("dev.siltstone").log(System.Logger.Level.WARNING, line));
    }

    public StreamLogSettings withJournal(JournalSettings changed) {
        return new StreamLogSettings(
                changed,
                leader,
                queueCapacity,
                producersPerStreamMax,
                residency,
                settling,
                notices);
    }

    public StreamLogSettings withLeader(LeaderMode changed) {
        return new StreamLogSettings(
                journal,
                changed,
                queueCapacity,
                producersPerStreamMax,
                residency,
                settling,
                notices);
    }

    public StreamLogSettings withQueueCapacity(int changed) {
        return new StreamLogSettings(
                journal, leader, changed, producersPerStreamMax, residency, settling, notices);
    }

    public StreamLogSettings withProducersPerStreamMax(int changed) {
        return new StreamLogSettings(
                journal, leader, queueCapacity, changed, residency, settling, notices);
    }

    public StreamLogSettings withNotices(Consumer<String> changed) {
        return new StreamLogSettings(
                journal,
                leader,
                queueCapacity,
                producersPerStreamMax,
                residency,
                settling,
                changed);
    }

    public StreamLogSettings withResidency(ResidencySettings changed) {
        return new StreamLogSettings(
                journal, leader, queueCapacity, producersPerStreamMax, changed, settling, notices);
    }

    public StreamLogSettings withSettling(SettlingSettings changed) {
        return new StreamLogSettings(
                journal, leader, queueCapacity, producersPerStreamMax, residency, changed, notices);
    }
}
