package dev.siltstone.system.sqlite;

/// What a [WriterFleet] consists of and how it behaves. Chances are per transaction, 0 to 1.
///
/// @param pageSize 512 to 65536, chosen before the database goes into WAL mode
/// @param shells writers with the system's SQLite
/// @param jdbcs writers with the SQLite of sqlite-jdbc
/// @param readers processes that hold read transactions
/// @param loops writers (with the system's SQLite) that open the database anew for each few transactions, so
///     that now and then somebody closes it last
/// @param killChance that a writer is killed in a transaction, with kill -9
/// @param rollbackChance that a transaction is rolled back at its end
/// @param checkpointChance that a writer checkpoints (in any mode) instead
/// @param vacuumChance that a writer vacuums instead
/// @param rowsMax per statement, at most 400
/// @param pauseMillisMax a writer waits from 0 to this between transactions
/// @param readMillisMax a reader holds its snapshot from 0 to this
/// @param brokenChains whether writers with the system's SQLite roll back to savepoints in transactions that
///     spill. Up to some version after 3.40.1 SQLite then commits frames without salts and checksums: processes
///     that have the database open see them, but a recovery of the WAL, or whoever reads it by its checksums,
///     stops there, and what was committed after it is lost in a crash. No replicator is to blame for that loss;
///     what it may be asked is not to stand still unnoticed
record FleetPlan(
        int pageSize,
        int shells,
        int jdbcs,
        int readers,
        int loops,
        double killChance,
        double rollbackChance,
        double checkpointChance,
        double vacuumChance,
        int rowsMax,
        int pauseMillisMax,
        int readMillisMax,
        boolean brokenChains) {

    /// A bit of everything.
    static FleetPlan ofPageSize(int pageSize) {
        return new FleetPlan(pageSize, 1, 1, 1, 1, 0.03, 0.15, 0.05, 0.005, 400, 50, 500, false);
    }

    /// The same without pauses between transactions.
    FleetPlan withoutPauses() {
        return new FleetPlan(
                pageSize,
                shells,
                jdbcs,
                readers,
                loops,
                killChance,
                rollbackChance,
                checkpointChance,
                vacuumChance,
                rowsMax,
                0,
                readMillisMax,
                brokenChains);
    }

    /// The same where every process lives to its end.
    FleetPlan withoutKills() {
        return new FleetPlan(
                pageSize,
                shells,
                jdbcs,
                readers,
                loops,
                0,
                rollbackChance,
                checkpointChance,
                vacuumChance,
                rowsMax,
                pauseMillisMax,
                readMillisMax,
                brokenChains);
    }

    /// The same with transactions that make an old SQLite write a WAL which only its open processes can read.
    FleetPlan withBrokenChains() {
        return new FleetPlan(
                pageSize,
                shells,
                jdbcs,
                readers,
                loops,
                killChance,
                rollbackChance,
                checkpointChance,
                vacuumChance,
                rowsMax,
                pauseMillisMax,
                readMillisMax,
                true);
    }
}
