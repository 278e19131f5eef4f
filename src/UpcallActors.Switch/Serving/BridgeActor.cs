using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using UpcallActors.Ofproto;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Serves a bridge to OpenFlow clients: answers the messages that connections hand over one after the other, and tells clients what
/// happens. What it knows of the bridge outlives a restart; its connections do not.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "An actor is never disposed: PostStop is where it lets go of what it holds.")]
internal sealed partial class BridgeActor(ServedBridge bridge, ServingOptions options) : UntypedActor
{
    /// <summary>How long a bundle is kept that nothing is heard of (<c>bundle-idle-timeout</c>).</summary>
    private static readonly TimeSpan _bundleLife = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private BridgeEvents? _events;
    private ITimer? _controllerTimer;
    private ITimer? _unfinishedTimer;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _events = new BridgeEvents(() => options.Loop.IsCurrentThread, Self, () => bridge.IsAnyMonitoring);
        bridge.Tables.Observer = _events;
        ListenInRunDirectory();
        FollowControllers();
        WatchControllers();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        bridge.Tables.Observer = null;
        bridge.LeaveAll();
        bridge.FailOpen.NoteAllGone();
        _unfinishedTimer?.Dispose();
        _controllerTimer?.Dispose();
        StopListening();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SocketReady ready:
                ready.Watch.TakeNote();
                Accept(ready);
                break;
            case TakenIn taken:
                Serve(taken.Socket, taken.Settings);
                break;
            case ClientAgreed agreed:
                if (agreed.Client.Settings.Kind == ConnectionKind.Snoop)
                    bridge.Snoops.Add(agreed.Client);
                if (agreed.Client.Settings.Kind == ConnectionKind.Primary)
                    bridge.FailOpen.Recover();
                bridge.Enter(agreed.Client);
                AskControllers();
                options.Logger.ConnectionAgreed(
                    // ovs-ofctl connects for each question.
                    agreed.Client.Settings.Kind == ConnectionKind.Primary ? LogLevel.Information : LogLevel.Debug,
                    agreed.Client.Settings.Peer,
                    agreed.Client.Version);
                Context.Watch(agreed.Client.Connection);
                break;
            case RequestBatch batch:
                Answer(batch);
                break;
            case BridgeNews:
                while (_events!.TryTake(out object news))
                    TellOf(news);
                break;
            case ControllerState state:
                bridge.FailOpen.Note(state);
                WatchControllers();
                break;
            case AcceptDue:
                AcceptAgain();
                break;
            case ControllersDue:
                WatchControllers();
                break;
            case MonitorsRead read:
                read.Client.Monitors.Resume(read.Client, bridge.Tables);
                break;
            case PacketsDue due:
                due.Sender.Run();
                break;
            case UnfinishedDue:
                ExpireUnfinished();
                break;
            case Terminated ended:
                _places.Leave(ended.ActorRef);
                Forget(ended.ActorRef);
                break;
            case BridgeShown shown:
                LeaveIfChanged();
                FollowControllers();
                WatchControllers();
                PortNews.Tell(bridge);
                TellDatapathId();
                shown.Settlement.Settle();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() =>
        Supervision.Always(Directive.Stop, failure => options.Logger.ConnectionFailed(bridge.Name, failure));

    private void Forget(IActorRef connection)
    {
        if (bridge.Clients.Find(client => client.Connection.Equals(connection)) is not { } gone)
            return;
        bridge.Leave(gone);
        AskControllers();
    }

    /// <summary>Scripts look for this line, as <c>ofproto_set_datapath_id</c> and <c>ofproto_create</c> say it.</summary>
    private void TellDatapathId()
    {
        if (bridge.DatapathId == bridge.ToldDatapathId || bridge.DatapathId == 0)
            return;
        options.Logger.UsesDatapathId(bridge.Name, bridge.DatapathId.ToString("x16", CultureInfo.InvariantCulture));
        bridge.ToldDatapathId = bridge.DatapathId;
    }

    private void TellOf(object news)
    {
        if (news is RulesChanged rules)
            FlowNews.Tell(bridge, rules);
        else
            FlowNews.Tell(bridge, (VacancyChanged)news);
    }

    /// <summary>
    /// A client of 1.0 to 1.2 gets the packets that no flow is for, since its version has no flow for them
    /// (<c>connmgr_wants_packet_in_on_miss</c>).
    /// </summary>
    private void AskControllers()
    {
        bool asks = bridge.Clients.Exists(client =>
            client.Version < OpenFlowVersion.V13 && client.ControllerId == 0 && client.Settings.Kind != ConnectionKind.Snoop);
        using TableTransaction transaction = bridge.Tables.Begin(new ChangeOrigin(ChangeSource.Configuration));
        transaction.AskControllers(asks);
        transaction.Commit();
    }

    /// <summary>
    /// Does what is due while no controller is there, and on the ways to those that are reached through the bridge; comes back when
    /// something may be due.
    /// </summary>
    private void WatchControllers()
    {
        bridge.FailOpen.Run();
        bridge.InBand.Run();
        _controllerTimer?.Dispose();
        _controllerTimer = null;
        // The one that there is, if the other has nothing to do.
        if (new[] { bridge.FailOpen.Wait, bridge.InBand.Wait }.Min() is not { } wait)
            return;
        if (wait < TimeSpan.Zero)
            wait = TimeSpan.Zero;
        IActorRef self = Self;
        _controllerTimer = options.Time.CreateTimer(
            _ => self.Tell(ControllersDue.Instance, ActorRefs.NoSender), null, wait, Timeout.InfiniteTimeSpan);
    }

    private void Answer(RequestBatch batch)
    {
        _places.Touch(batch.Client.Connection);
        var replies = new List<Outgoing>(batch.Messages.Length);
        foreach (ReceivedMessage message in batch.Messages)
        {
            if (!TryHandle(batch.Client, message, replies))
                return;
            // What a message has changed is told before it is answered.
            while (_events!.TryTake(out object news))
            {
                // What was answered before comes before it.
                if (replies.Count > 0)
                    batch.Client.Connection.Tell(new Answered([.. replies]), Self);
                replies.Clear();
                TellOf(news);
            }

        }

        if (batch.Client.IsAnythingUnfinished && _unfinishedTimer is null)
            StartUnfinishedTimer();
        batch.Client.Connection.Tell(new BatchAnswered(replies), Self);
    }

    /// <summary>A message that something fails by ends its connection, and no other.</summary>
    private bool TryHandle(OpenFlowClient client, in ReceivedMessage message, List<Outgoing> replies)
    {
#pragma warning disable CA1031 // Whatever fails: the bridge has other clients.
        try
        {
            RequestHandlers.Handle(bridge, client, message, replies);
            return true;
        }
        catch (Exception failure)
        {
            options.Logger.ConnectionFailed(bridge.Name, failure);
            Context.Stop(client.Connection);
            return false;
        }
#pragma warning restore CA1031
    }

    /// <summary>Bundles and requests of which more is to come are looked at each second, while there are any.</summary>
    private void StartUnfinishedTimer()
    {
        IActorRef self = Self;
        _unfinishedTimer = options.Time.CreateTimer(
            _ => self.Tell(UnfinishedDue.Instance, ActorRefs.NoSender), null, _second, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A client that leaves a bundle or a request alone loses it, and is told so with the message that began it.</summary>
    private void ExpireUnfinished()
    {
        _unfinishedTimer?.Dispose();
        _unfinishedTimer = null;
        foreach (OpenFlowClient client in bridge.Clients)
        {
            foreach (byte[] opened in client.Bundles.Expire(bridge.AgeOf, _bundleLife))
                client.Refuse(BundleFailed.Timeout, opened);
            foreach (byte[] first in client.Assembly.Expire(bridge.AgeOf))
                client.Refuse(BadRequest.MultipartRequestTimeout, first);
        }

        if (bridge.Clients.Exists(client => client.IsAnythingUnfinished))
            StartUnfinishedTimer();
    }

    /// <summary>It is time to look whether controllers are there.</summary>
    private sealed class ControllersDue : INoSerializationVerificationNeeded
    {
        public static readonly ControllersDue Instance = new();
    }

    /// <summary>It is time to look at what is unfinished.</summary>
    private sealed class UnfinishedDue : INoSerializationVerificationNeeded
    {
        public static readonly UnfinishedDue Instance = new();
    }
}
