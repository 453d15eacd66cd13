package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamLogProducerTest extends StreamLogFixture {
    @Test
    void takesEachRequestOfAProducerOnceAcrossRestarts() throws Exception {
        created(create("a", TEXT, ""));
        for (int i = 0; i < 4; i++) {
            Command append =
                    new Command.Append(
                            "a", TEXT, text("" + i), false, new Producer("p", 0, i), null);
            assertThat(log.execute(append)).isInstanceOf(Outcome.Appended.class);
            restart();
            assertThat(log.execute(append)).isInstanceOf(Outcome.Duplicate.class);
        }
        assertThat(read("a")).isEqualTo("0123");
    }

    @Test
    void recognisesARepeatThatAlsoCarriesAStreamSeq() throws Exception {
        created(create("a", TEXT, ""));
        Command append =
                new Command.Append("a", TEXT, text("x"), false, new Producer("p", 0, 0), "s1");
        Outcome.Appended appended = (Outcome.Appended) log.execute(append);

        assertThat(log.execute(append))
                .isEqualTo(new Outcome.Duplicate(appended.tail(), false, new Producer("p", 0, 0)));
    }

    @Test
    void fencesStaleEpochsAndNamesGaps() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(produce(5, 3)).isEqualTo(new Outcome.ProducerGap(0, 3));
        assertThat(produce(5, 0)).isInstanceOf(Outcome.Appended.class);
        assertThat(produce(4, 1)).isEqualTo(new Outcome.ProducerFenced(5));
        assertThat(produce(5, 3)).isEqualTo(new Outcome.ProducerGap(1, 3));
        assertThat(produce(6, 1)).isEqualTo(new Outcome.ProducerSequenceNotZero(1));
        assertThat(produce(6, 0)).isInstanceOf(Outcome.Appended.class);
        assertThat(produce(5, 1)).isEqualTo(new Outcome.ProducerFenced(6));
    }

    @Test
    void tellsARepeatTheHighestSequenceAccepted() throws Exception {
        created(create("a", TEXT, ""));
        for (int i = 0; i < 3; i++) {
            assertThat(produce(0, i)).isInstanceOf(Outcome.Appended.class);
        }
        assertThat(produce(0, 1))
                .isInstanceOfSatisfying(
                        Outcome.Duplicate.class,
                        d -> assertThat(d.producer()).isEqualTo(new Producer("p", 0, 2)));
    }

    @Test
    void boundsTheProducersOfAStream() throws Exception {
        log.close();
        settings = settings.withProducersPerStreamMax(2);
        open();
        created(create("a", TEXT, ""));
        for (String id : List.of("p1", "p2")) {
            assertThat(
                            log.execute(
                                    new Command.Append(
                                            "a",
                                            TEXT,
                                            text("x"),
                                            false,
                                            new Producer(id, 0, 0),
                                            null)))
                    .isInstanceOf(Outcome.Appended.class);
        }
        Command third =
                new Command.Append("a", TEXT, text("x"), false, new Producer("p3", 0, 0), null);
        assertThat(log.execute(third)).isEqualTo(new Outcome.TooManyProducers(2));

        now.addAndGet(ProducerStates.KEPT_MILLIS + 1);
        assertThat(log.execute(third)).isInstanceOf(Outcome.Appended.class);
    }

    @Test
    void ordersByStreamSeqByteByByte() throws Exception {
        created(create("a", TEXT, ""));
        assertThat(appendSeq("2")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("10")).isEqualTo(new Outcome.SequenceRegression("2"));
        assertThat(appendSeq("2")).isEqualTo(new Outcome.SequenceRegression("2"));
        assertThat(appendSeq("a")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("B")).isEqualTo(new Outcome.SequenceRegression("a"));
        restart();
        assertThat(appendSeq("a")).isEqualTo(new Outcome.SequenceRegression("a"));
        assertThat(appendSeq("\uFFFD")).isInstanceOf(Outcome.Appended.class);
        assertThat(appendSeq("\uD83D\uDE00"))
                .as("above, in UTF-8")
                .isInstanceOf(Outcome.Appended.class);
    }
}
