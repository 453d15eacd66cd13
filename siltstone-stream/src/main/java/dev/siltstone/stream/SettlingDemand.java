package dev.siltstone.stream;

import dev.siltstone.journal.Journal;

/// What settling and compaction stand beside, and how far they are behind. They rest less and less from the first
/// bound on, and not at all from the second:
///
/// | what waits | rests less from | rests no more from |
/// |---|---|---|
/// | bytes of the log to be settled | two journal files, or an eighth of what may be unsettled | four files, or half |
/// | streams that have changed | half as many as are wanted | as many as are wanted |
/// | entries | half of as many as are wanted, if any number is | as many as are wanted |
/// | merges of the lowest level | 2 | 8: 64 segments |
///
/// So the log never lags by more than `unsettledBytesMax` and `changedMax` allow, at which appends wait, and comes
/// near them only if the disk, all of it, cannot follow.
final class SettlingDemand implements Pace.Demand {
    private static final int MERGES_LATE = 2;
    private static final int MERGES_MAX = 8;

    private final Journal journal;
    private final Residents residents;
    private final Compaction compaction;
    private final Settler settler;
    private final long bytesLate;
    private final long bytesMax;
    private final int changedWanted;
    private final long entriesWanted;

    SettlingDemand(
            Journal journal,
            Residents residents,
            Compaction compaction,
            Settler settler,
            StreamLogSettings settings) {
        this.journal = journal;
        this.residents = residents;
        this.compaction = compaction;
        this.settler = settler;
        this.entriesWanted = settings.settling().entriesWanted();
        long fileBytes = settings.journal().fileBytes();
        long unsettledBytesMax = settings.settling().unsettledBytesMax();
        this.bytesLate = Math.min(2 * fileBytes, unsettledBytesMax / 8);
        this.bytesMax = Math.min(4 * fileBytes, unsettledBytesMax / 2);
        this.changedWanted = settings.residency().changedWanted();
    }

    @Override
    public long durableEnd() {
        return journal.durableEnd();
    }

    @Override
    public double lag() {
        long unsettled = residents.unsettledBytes(journal.durableEnd());
        double bytes = Pace.lag(unsettled, bytesLate, bytesMax);
        double streams = Pace.lag(residents.changedCount(), changedWanted / 2, changedWanted);
        double merges = Pace.lag(compaction.waiting(), MERGES_LATE, MERGES_MAX);
        double entries = Pace.lag(settler.entriesWaiting(), entriesWanted / 2, entriesWanted);
        return Math.max(Math.max(bytes, streams), Math.max(merges, entries));
    }
}
