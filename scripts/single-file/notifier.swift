// Shows notifications with UserNotifications, in the name of the app around it. It reads a line of JSON for each order
// and writes one for each event; src/notifications/macos/user-notifications.ts is the other side.
//
//   {"show":{"id","title","body","actions":[{"key","label"}],"reply":{"label","placeholder"},"quiet"}}
//   {"withdraw":"id"}
//
//   {"ready":"bundle identifier"}   {"refused":"reason"}
//   {"shown":"id"}                  {"failed":"id","reason":"..."}
//   {"action":"id","key":"..."}     {"reply":"id","text":"..."}
//   {"clicked":"id"}                {"dismissed":"id"}
//
// Written after Apple's documentation. It was compiled and run on no Mac yet: the workflows for macOS compile it.
//
// It has to be in Contents/MacOS of the app. There Bundle.main is the app, which UNUserNotificationCenter.current() needs:
// in Contents/Resources it throws "bundleProxyForCurrentProcess is nil" (reported for macOS 26.5, where moving such a
// program into Contents/MacOS helped). Its signature needs the identifier of the app.

import AppKit
import UserNotifications

struct Action: Decodable {
    let key: String
    let label: String
}

struct Reply: Decodable {
    let label: String
    let placeholder: String
}

struct Show: Decodable {
    let id: String
    let title: String
    let body: String
    let actions: [Action]
    let reply: Reply?
    let quiet: Bool
}

struct Order: Decodable {
    let show: Show?
    let withdraw: String?
}

/// Whole lines: the main thread alone writes them.
func report(_ event: [String: String]) {
    guard var line = try? JSONEncoder().encode(event) else { return }
    line.append(0x0A)
    // If codex-voice has ended, so does the input.
    try? FileHandle.standardOutput.write(contentsOf: line)
}

func reportLater(_ event: [String: String]) {
    DispatchQueue.main.async { report(event) }
}

final class Notifier: NSObject, UNUserNotificationCenterDelegate {
    private let center = UNUserNotificationCenter.current()
    private var categories: [String: UNNotificationCategory] = [:]
    /// Notifications of this process: identifier -> category.
    private var shown: [String: String] = [:]

    func begin() {
        center.delegate = self
        let name = Bundle.main.bundleIdentifier ?? ""
        // The first time, macOS asks the user, and answers when they have.
        center.requestAuthorization(options: [.alert]) { granted, error in
            let reason = error?.localizedDescription ?? "they are turned off in System Settings"
            reportLater(granted ? ["ready": name] : ["refused": reason])
        }
    }

    func take(_ line: String) {
        guard let order = try? JSONDecoder().decode(Order.self, from: Data(line.utf8)) else { return }
        if let wanted = order.show { show(wanted) }
        if let id = order.withdraw { withdraw([id]) }
    }

    /// After this process a click has no effect here, and macOS would start the app for it.
    func end() {
        withdraw(Array(shown.keys))
        // The center works in order: its answer means that they are gone.
        center.getDeliveredNotifications { _ in exit(0) }
        DispatchQueue.main.asyncAfter(deadline: .now() + 1) { exit(0) }
    }

    private func show(_ wanted: Show) {
        let category = register(wanted)
        let content = UNMutableNotificationContent()
        content.title = wanted.title
        content.body = wanted.body
        content.categoryIdentifier = category
        content.interruptionLevel = wanted.quiet ? .passive : .active
        // One with the same identifier is replaced.
        let request = UNNotificationRequest(identifier: wanted.id, content: content, trigger: nil)
        let center = self.center
        // Its answer comes after the categories were taken.
        center.getNotificationCategories { _ in
            DispatchQueue.main.async {
                guard self.shown[wanted.id] == category else { return } // Withdrawn or changed meanwhile.
                center.add(request) { error in
                    if let error = error {
                        reportLater(["failed": wanted.id, "reason": error.localizedDescription])
                    } else {
                        reportLater(["shown": wanted.id])
                    }
                }
            }
        }
    }

    private func withdraw(_ ids: [String]) {
        for id in ids { shown[id] = nil }
        center.removeDeliveredNotifications(withIdentifiers: ids)
    }

    /// Each set of buttons is a category. All have to be registered at once, so those in use are kept.
    private func register(_ wanted: Show) -> String {
        var names: [String] = []
        var actions: [UNNotificationAction] = []
        // A locked Mac approves nothing.
        for action in wanted.actions {
            names += [action.key, action.label]
            actions.append(
                UNNotificationAction(identifier: action.key, title: action.label, options: [.authenticationRequired]))
        }
        if let reply = wanted.reply {
            names += [reply.label, reply.placeholder, "reply"]
            actions.append(
                UNTextInputNotificationAction(
                    identifier: "reply", title: reply.label, options: [.authenticationRequired],
                    textInputButtonTitle: reply.label, textInputPlaceholder: reply.placeholder))
        }
        let id = "buttons:" + names.joined(separator: "\u{1F}")
        shown[wanted.id] = id
        let used = Set(shown.values)
        categories = categories.filter { used.contains($0.key) }
        categories[id] = UNNotificationCategory(
            identifier: id, actions: actions, intentIdentifiers: [], options: [.customDismissAction])
        center.setNotificationCategories(Set(categories.values))
        return id
    }

    // macOS asks this when it takes the app for the one in front.
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        let quiet = notification.request.content.interruptionLevel == .passive
        completionHandler(quiet ? [.list] : [.banner, .list])
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        let id = response.notification.request.identifier
        if let typed = response as? UNTextInputNotificationResponse {
            reportLater(["reply": id, "text": typed.userText])
        } else if response.actionIdentifier == UNNotificationDefaultActionIdentifier {
            reportLater(["clicked": id])
        } else if response.actionIdentifier == UNNotificationDismissActionIdentifier {
            reportLater(["dismissed": id])
        } else {
            reportLater(["action": id, "key": response.actionIdentifier])
        }
        completionHandler()
    }
}

signal(SIGPIPE, SIG_IGN)
guard Bundle.main.bundleIdentifier != nil, Bundle.main.bundlePath.hasSuffix(".app") else {
    report(["refused": "it is not inside an app"])
    exit(1)
}
let application = NSApplication.shared
application.setActivationPolicy(.accessory)
let notifier = Notifier()
notifier.begin()
Thread.detachNewThread {
    while let line = readLine() {
        DispatchQueue.main.async { notifier.take(line) }
    }
    DispatchQueue.main.async { notifier.end() }
}
application.run()
