using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using UpcallActors.Unixctl;

namespace UpcallActors.Daemon.Hosting;

/// <summary>The generic host around the actor system: signals, logging, orderly stop.</summary>
internal static class DaemonHost
{
    /// <summary>The actor system's name.</summary>
    public const string ActorSystemName = "upcall-actors";

    /// <summary>
    /// The host drains before it ends the actor system. Akka's own hooks would end it at the first signal, in the middle
    /// of the drain. No message leaves the process; the name of the serializer is in <c>Native/roots.xml</c>, too.
    /// </summary>
    private const string AkkaSettings = """
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        akka.log-dead-letters-during-shutdown = off
        akka.actor.serializers {
          json = "UpcallActors.Daemon.Hosting.NoSerializer, upcall-actors"
          bytes = "UpcallActors.Daemon.Hosting.NoSerializer, upcall-actors"
          akka-stream-ref = "UpcallActors.Daemon.Hosting.NoSerializer, upcall-actors"
        }
        """;

    /// <summary>Makes the host. Nothing of the machine's settings is read; log lines go to standard error.</summary>
    /// <param name="levels">What is logged.</param>
    /// <param name="json">Whether a line is a JSON object.</param>
    /// <param name="vlog">Where lines go instead; null for standard error.</param>
    public static IHost Build(LogLevels levels, bool json, Vlog? vlog = null)
    {
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = ActorSystemName });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        // Everything goes through the one filter, whose levels can be changed while the daemon runs.
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter(levels.IsEnabled);
        builder.Services.AddSingleton<ILoggerFactory>(services => new ModuleLoggers(
            new LoggerFactory(
                services.GetServices<ILoggerProvider>(),
                services.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
                services.GetService<IOptions<LoggerFactoryOptions>>()),
            levels));
        levels.Patterns.IsJson = json;
        if (vlog is not null)
            builder.Services.AddSingleton<ILoggerProvider>(_ => new VlogProvider(vlog));
        else if (json)
            AddJsonLines(builder.Logging);
        else
            AddLines(builder, levels.Patterns);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddAkka(ActorSystemName, akka => akka
            .AddHocon(AkkaSettings, HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
            }));
        return builder.Build();
    }

    private static void AddLines(HostApplicationBuilder builder, LogPatterns patterns)
    {
        builder.Logging.AddConsole(options => options.FormatterName = LineFormatter.FormatterName);
        builder.Services.AddSingleton<ConsoleFormatter>(new LineFormatter(patterns));
    }

    /// <summary>An object a line, with the time in UTC, and what belongs to a span has its trace.</summary>
    private static void AddJsonLines(ILoggingBuilder logging)
    {
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        logging.AddJsonConsole(options =>
        {
            options.IncludeScopes = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
        });
    }
}
