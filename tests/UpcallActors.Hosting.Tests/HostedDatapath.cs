using System.Buffers.Binary;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using UpcallActors.Embedded;
using UpcallActors.Pipeline;

namespace UpcallActors.Hosting.Tests;

/// <summary>An embedded datapath with three ports in this process, and a host around it.</summary>
internal sealed class HostedDatapath : IAsyncDisposable
{
    public const uint PortCount = 3;

    private readonly List<PortRecorder> _outputs = [];
    private UpcallPipeline? _pipeline;

    public HostedDatapath(EmbeddedDatapathOptions? options = null)
    {
        Datapath = new EmbeddedDatapath(options ?? new EmbeddedDatapathOptions());
        for (uint port = 1; port <= PortCount; port++)
        {
            _outputs.Add(new PortRecorder());
            Datapath.AddPort(new EmbeddedPort(port, $"p{port}", output: _outputs[^1]));
        }
    }

    public EmbeddedDatapath Datapath { get; }

    public IHost Host { get; private set; } = null!;

    public RunningUpcallActors Running => Host.Services.GetRequiredService<ActorSystem>().GetUpcallActors();

    /// <summary>Frames that a port has put out.</summary>
    public int SentOn(uint port) => _outputs[(int)port - 1].Count;

    /// <summary>Starts with a bridge that learns and switches.</summary>
    public Task StartAsync() => StartAsync(options => options.UseDatapath(_ => Datapath).UseTranslators(SimpleTranslators.Normal));

    public Task StartAsync(Action<UpcallActorsOptions> configure, Action<IServiceCollection>? services = null) =>
        StartAsync([configure], services);

    public Task StartAsync(params Action<UpcallActorsOptions>[] configure) => StartAsync(configure, services: null);

    private async Task StartAsync(Action<UpcallActorsOptions>[] configure, Action<IServiceCollection>? services)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        services?.Invoke(builder.Services);
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("hosted", akka =>
        {
            akka.ConfigureLoggers(loggers => loggers.ClearLoggers());
            foreach (Action<UpcallActorsOptions> one in configure)
                akka.WithUpcallActors(one);
        });
        Host = builder.Build();
        await Host.StartAsync();
        // Each of several is found by its datapath's name alone, which their tests know.
        _pipeline = configure.Length == 1 ? Running.Pipeline : null;
    }

    /// <summary>A station sends a frame of 64 bytes to another.</summary>
    public void Send(uint port, ulong source, ulong destination)
    {
        Span<byte> frame = stackalloc byte[64];
        frame.Clear();
        Span<byte> address = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(address, destination);
        address[2..].CopyTo(frame);
        BinaryPrimitives.WriteUInt64BigEndian(address, source);
        address[2..].CopyTo(frame[6..]);
        // An EtherType for experiments (IEEE 802, 0x88b5): nothing behind it is looked at.
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x88b5);
        Datapath.Receive(port, frame);
    }

    /// <summary>Ends when every upcall so far was answered.</summary>
    public async Task IdleAsync()
    {
        await Eventually.HoldsAsync(() => Running.Pipeline.Counters.Completed == Datapath.Counters.UpcallsQueued);
        PacketAccount.ShouldBalance(Running.Pipeline.Counters);
    }

    /// <summary>Ends the host, and looks whether each upcall ended in one way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Host is IAsyncDisposable host)
            await host.DisposeAsync();
        Datapath.Dispose();
        if (_pipeline is not null)
            PacketAccount.ShouldBalance(_pipeline.Counters);
    }
}
