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
        int readMillisMax) {

    /// A bit of everything.
    static FleetPlan ofPageSize(int pageSize) {
        return new FleetPlan(pageSize, 1, 1, 1, 1, 0.03, 0.15, 0.05, 0.005, 400, 50, 500);
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
                readMillisMax);
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
                readMillisMax);
    }
}
