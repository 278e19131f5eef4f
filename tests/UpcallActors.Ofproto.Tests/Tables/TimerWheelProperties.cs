using FsCheck.Xunit;
using UpcallActors.OpenFlow;

namespace UpcallActors.Ofproto.Tests;

public class TimerWheelProperties
{
    [Property(MaxTest = 300)]
    public void Each_timer_is_due_in_its_tick_and_never_if_it_was_taken_out(int seed)
    {
        var random = new Random(seed);
        long now = random.Next(100_000);
        var wheel = new TimerWheel(now);
        var waiting = new HashSet<RuleTimer>();
        List<RuleTimer> due = [];
        for (int step = 0; step < 300; step++)
        {
            if (random.Next(2) == 0)
            {
                var timer = new RuleTimer(new Rule(0, 0, Match.Any, ActionList.Empty));
                int[] ranges = [2, 70, 5_000, (int)TimerWheel.Span];
                wheel.Add(timer, now + random.Next(-1, ranges[random.Next(ranges.Length)]));
                waiting.Add(timer);
            }
            else if (random.Next(4) == 0 && waiting.Count > 0)
            {
                RuleTimer timer = waiting.First();
                wheel.Remove(timer);
                waiting.Remove(timer);
            }
            else
            {
                now += random.Next(random.Next(2) == 0 ? 3 : 3_000);
                due.Clear();
                wheel.Advance(now, due);
                due.ShouldBe(waiting.Where(timer => timer.Due <= now), ignoreOrder: true);
                due.ShouldAllBe(timer => timer.Place == -1);
                waiting.ExceptWith(due);
            }

            wheel.Count.ShouldBe(waiting.Count);
        }
    }
}
