using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

namespace UpcallActors.Pipeline.Tests;

/// <summary>An operator finds in the log why an actor failed.</summary>
public sealed class FailureLogSpecs() : TestKit("akka.loglevel = ERROR\nakka.loggers = []\nakka.stdout-loglevel = OFF")
{
    [Fact]
    public async Task The_reason_is_logged_but_not_for_each_packet()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        var failure = new InvalidOperationException("told to");
        var time = new ManualTime();
        IActorRef supervisor = Sys.ActorOf(Props.Create(() => new Supervisor(failure, time)));
        supervisor.Tell(1000, TestActor);
        Error error = await ExpectMsgAsync<Error>();
        error.Cause.ShouldBe(failure);
        error.Message.ToString()!.ShouldContain("failed (0 earlier failures were not logged)");
        (await ExpectMsgAsync<int>()).ShouldBe(1000);

        time.Advance(TimeSpan.FromSeconds(1));
        supervisor.Tell(1, TestActor);
        (await ExpectMsgAsync<Error>()).Message.ToString()!.ShouldContain("failed (999 earlier failures were not logged)");
    }

    /// <summary>Is told of failures as a supervisor is, and says when it has been told of them all.</summary>
    private sealed class Supervisor : ReceiveActor
    {
        public Supervisor(Exception failure, TimeProvider time)
        {
            var log = new FailureLog(new ActorSystemLog(Context.GetLogger()), time);
            Receive<int>(times =>
            {
                for (int i = 0; i < times; i++)
                    log.Say(Self, failure);
                Sender.Tell(times);
            });
        }
    }
}
