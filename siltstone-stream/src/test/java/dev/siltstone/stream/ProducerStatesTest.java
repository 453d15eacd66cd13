package dev.siltstone.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProducerStatesTest {
    private static final long DAYS_7 = ProducerStates.KEPT_MILLIS;

    private final ProducerStates states = new ProducerStates();

    @Test
    void remembersTheLastRequestOfEach() {
        states.accept(new Producer("a", 0, 0), 1);
        states.accept(new Producer("b", 5, 0), 2);
        states.accept(new Producer("a", 0, 1), 3);

        assertThat(states.find("a")).isEqualTo(new ProducerStates.State(0, 1, 3));
        assertThat(states.find("b")).isEqualTo(new ProducerStates.State(5, 0, 2));
        assertThat(states.find("c")).isNull();
    }

    @Test
    void forgetsWhoWasSilentFor7DaysOnceANewOneComes() {
        states.accept(new Producer("old", 0, 0), 0);
        states.accept(new Producer("busy", 0, 0), 1);
        states.accept(new Producer("busy", 0, 1), DAYS_7);
        assertThat(states.find("old")).isNotNull();

        states.accept(new Producer("new", 0, 0), DAYS_7);
        assertThat(states.find("old")).isNotNull();

        states.accept(new Producer("newer", 0, 0), DAYS_7 + 1);
        assertThat(states.find("old")).isNull();
        assertThat(states.asMap()).containsOnlyKeys("busy", "new", "newer");
    }

    @Test
    void isFullOnlyWhileNobodyMayBeForgotten() {
        states.accept(new Producer("a", 0, 0), 0);
        states.accept(new Producer("b", 0, 0), 10);

        assertThat(states.isFull(3, 10)).isFalse();
        assertThat(states.isFull(2, DAYS_7)).isTrue();
        assertThat(states.isFull(2, DAYS_7 + 1)).isFalse();
    }

    @Test
    void doesNotTakeALookForAUse() {
        states.accept(new Producer("a", 0, 0), 0);
        states.accept(new Producer("b", 0, 0), 1);
        assertThat(states.find("a")).isNotNull();

        states.accept(new Producer("c", 0, 0), DAYS_7 + 1);

        assertThat(states.asMap()).containsOnlyKeys("b", "c");
    }
}
