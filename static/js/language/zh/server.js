/**
 * The server's sentences in Simplified Chinese, known by their templates (no two holes side by side); `tests/web/test_heard.py` finds those that are missing.
 * @type {import("../translate.js").Catalogue}
 */
export default {
  // How a recording ended.
  " on line {line}": "（第 {line} 行）",
  "The program ran to its end.": "程序运行到了结尾。",
  "The program was still running after {seconds} s; it was stopped{at}.":
    "程序在 {seconds} 秒后仍在运行，已被停止{at}。",
  "The program needed more than {memory} MB of memory{at}.": "程序需要超过 {memory} MB 的内存{at}。",
  "The program needed more memory than there is{at}.": "程序需要的内存超过了现有的内存{at}。",
  "The tape reached its limit of {events} events{at}.": "磁带达到了 {events} 个事件的上限{at}。",
  "The tape would have been larger than {size} MB.": "磁带会超过 {size} MB。",
  "The program wrote more than {size} MB of output{at}.": "程序的输出超过了 {size} MB{at}。",
  "The program ended its own process with exit code {code}.": "程序以退出码 {code} 结束了自己的进程。",
  "The program ended its own process with exit code {code} on line {line}.":
    "程序以退出码 {code} 结束了自己的进程（第 {line} 行）。",
  "The program ended its own process{at}.": "程序结束了自己的进程{at}。",
  "The program's process damaged its own recording: {how}.": "程序的进程损坏了它自己的录制：{how}。",
  "The recorder failed in the program's process: {said}. If the program did nothing to it, the fault is Tapedeck's.":
    "录制器在程序的进程中出错：{said}。如果程序没有动过录制器，那就是 Tapedeck 的错。",
  "The sandbox failed: {said}": "沙箱出错：{said}",
  "The program's tape was not ready {seconds} s after the program's end.": "程序结束 {seconds} 秒后磁带仍未就绪。",
  "The fork server ended while this was being recorded.": "录制期间 fork 服务器结束了。",
  "The program used up its processor time{at}.": "程序用完了它的处理器时间{at}。",
  "The program's process was ended by signal {number} ({name}){at}.": "程序的进程被信号 {number}（{name}）结束{at}。",
  "The program was stopped when its time was up{at}.": "程序的时间用完，已被停止{at}。",
  "The recording was cut at a limit{at}.": "录制在一个上限处被截断{at}。",
  "The recording was cancelled before it began.": "录制在开始之前被取消。",
  "The recording was cancelled.": "录制被取消。",
  "The server stopped while this was being recorded.": "录制期间服务器停止了。",
  "The engine failed; the server's log says why.": "引擎出错；原因见服务器日志。",
  "The tape could not be kept: {error}": "磁带没能保存：{error}",

  // What the doctor finds.
  "The first NaN is made here: {op} gives NaN in {what}, and none of its inputs has one.":
    "第一个 NaN 在这里产生：{op} 在 {what} 中给出 NaN，而它的输入里都没有。",
  "its output": "它的输出",
  "The first {kind} gradient is made here: {node} sends {again}, and what it received is finite.":
    "第一个 {kind} 梯度在这里产生：{node} 送出 {again}，而它收到的是有限的。",
  "{node} saved {slot} at version {saved}, and {by} moved it to version {now}: {then}.{more}":
    "{node} 以版本 {saved} 保存了 {slot}，之后 {by} 把它改到版本 {now}：{then}。{more}",
  "the optimizer's step": "优化器的 step",
  "the step of {optimizer}": "{optimizer} 的 step",
  "backward will raise when it comes here": "反向到达这里时会报错",
  "backward raised here": "反向在这里报错",
  "backward came here and did not look at it": "反向经过这里，但没有查看它",
  " One other saved tensor went stale with it.": "另有一个保存的张量随之过期。",
  " {n} other saved tensors went stale with it.": "另有 {n} 个保存的张量随之过期。",

  // What is asked for and not there.
  "There is no such tape.": "没有这盘磁带。",
  "The tape is not ready: its status is {status}.": "磁带尚未就绪：状态为 {status}。",
  "This recording left no tape. {why}": "这次录制没有留下磁带。{why}",
  "There is no such lesson.": "没有这一课。",
  "There is no lesson {name}.": "没有课程 {name}。",
  "There is nothing at {path}.": "{path} 处什么也没有。",
  "There is no step {step}; the tape's steps are -1 to {last}.": "没有第 {step} 步；磁带的步从 -1 到 {last}。",
  "There is no value {value}; the tape has {count}.": "没有值 {value}；磁带共有 {count} 个。",
  "The tape keeps a summary of this value, not every number.": "磁带只保存了这个值的摘要，而不是每个数。",
  "The slice has more than {most} numbers; ask for a smaller one.": "这个切片超过 {most} 个数；请取小一点的切片。",
  "The slice names {given} dimensions; the value has {there}: {shape}.":
    "切片写了 {given} 个维度；这个值有 {there} 个：{shape}。",
  "'{entry}' is no index; write a number or start:stop:step.": "“{entry}”不是索引；请写一个数，或 start:stop:step。",
  "Index {index} is out of range for dimension {dimension} of size {size}.":
    "索引 {index} 超出范围：维度 {dimension} 的大小为 {size}。",

  // A program that is not taken.
  "The program has {size} bytes; at most {most} are taken.": "程序有 {size} 字节，最多接受 {most} 字节。",
  "{where}: the body is not JSON ({why})": "{where}：请求体不是 JSON（{why}）",
  "{where}: the text has half a character in it (a lone surrogate)": "{where}：文本里有半个字符（单独的代理码元）",
  "{where}: a tensor is named by a variable or by a module's path, such as x1 or net.fc.weight":
    "{where}：张量用变量名或模块路径来指，例如 x1 或 net.fc.weight",
  '{where}: wrt names what forward mode seeds; it needs mode "forward"':
    '{where}：wrt 指定前向模式的种子，需要 mode 为 "forward"',
  "{where}: wrt has a name twice": "{where}：wrt 中有一个名称出现了两次",
  "{where}: fake tensors have no numbers, so forward mode has no tangents to follow":
    "{where}：假张量没有数值，前向模式没有可跟踪的切向量",
  "{where}: give either a source or a lesson or a spec": "{where}：请给出 source、lesson 或 spec 之一",
  "{where}: edits are those of a lesson's experiments; give its slug as lesson":
    "{where}：edits 属于课程的实验；请用 lesson 给出课程的 slug",
  "{where}: a name stands twice in one object": "{where}：同一个对象里有一个名称出现了两次",
  "This lesson has no experiment {id}; there is: {there}.": "这一课没有实验 {id}；可用的有：{there}。",
  "The program has no place for {id}: {template}": "程序里没有放 {id} 的地方：{template}",
  "{id} takes the number of an option, from 0 to {most}.": "{id} 接受选项的编号，从 0 到 {most}。",
  "{id} takes a number from {min} to {max}.": "{id} 接受 {min} 到 {max} 之间的数。",
  "{id} takes a text of at most 80 characters in one line, without quotes and backslashes.":
    "{id} 接受一行最多 80 个字符的文本，不含引号和反斜杠。",

  // A tape that is not taken.
  "The tape is not sound: {why}": "磁带不可靠：{why}",
  "This is not a .tape file: {why}.": "这不是 .tape 文件：{why}。",
  "A tape holds exactly {members}, each once.": "磁带应恰好包含 {members}，各一份。",
  "A tape's members are stored or deflated, and not encrypted.": "磁带的成员只能是存储或 deflate 压缩，且不加密。",
  "The request's body is larger than the {most} bytes allowed.": "请求体超过了允许的 {most} 字节。",
  "The request's body is too large.": "请求体过大。",
  "The request's body did not come in time.": "请求体没有及时到达。",
  "The connection was lost before the request was whole.": "请求尚未完整，连接就断了。",
  "The body must be {allowed}, not {given}.": "请求体应为 {allowed}，而不是 {given}。",
  "The body must be {form}.": "请求体应为 {form}。",
  "of unknown type": "未知类型",

  // Too much at once.
  "{programs} are waiting already; try again in about {seconds} s.":
    "已有 {programs}在等待；请在约 {seconds} 秒后再试。",
  "{programs} is waiting already; try again in about {seconds} s.":
    "已有 {programs}在等待；请在约 {seconds} 秒后再试。",
  "{programs} of yours wait or run already, as many as one may have; try again in about {seconds} s.":
    "你已有 {programs}在等待或运行，达到了每人的上限；请在约 {seconds} 秒后再试。",
  "{programs} of yours waits or run already, as many as one may have; try again in about {seconds} s.":
    "你已有 {programs}在等待或运行，达到了每人的上限；请在约 {seconds} 秒后再试。",
  "1 program": "1 个程序",
  "{n} programs": "{n} 个程序",
  "The service is closing down; try again in about {seconds} s.": "服务正在关闭；请在约 {seconds} 秒后再试。",
  "Too many {what} came from this address; at most {most} are answered.": "来自此地址的 {what} 过多；最多回答 {most}。",
  "This address has {n} requests under way already.": "此地址已有 {n} 个请求在进行。",
  "{used} of {most} for tapes are used; {advice}.": "磁带空间 {most} 中已用 {used}；{advice}。",
  "The disk has {free} left, of which {kept} are kept free; {advice}.":
    "磁盘还剩 {free}，其中 {kept} 要保留；{advice}。",
  "The disk is full; {advice}.": "磁盘已满；{advice}。",
  "`tapedeck gc` or deleting tapes makes room": "`tapedeck gc` 或删除磁带可以腾出空间",

  // Who may do what.
  "This service asks for {way}.": "此服务要求{way}。",
  "This service asks for no token.": "此服务不需要令牌。",
  "a token": "令牌",
  "a signed-in user": "已登录的用户",
  "Too many wrong tokens came from this address.": "来自此地址的错误令牌过多。",
  "This tape was made by somebody else; only its maker can cancel or delete it.":
    "这盘磁带是别人制作的；只有制作者能取消或删除它。",
  "{header} must be one secret of 22 to 128 letters, digits, - and _.":
    "{header} 应为一个由 22 到 128 个字母、数字、- 和 _ 组成的密钥。",
  "{key} is a key of one maker: send {maker}, or the cookie that you were given.":
    "{key} 属于一位制作者：请发送 {maker}，或你得到的 cookie。",
  "This {header} was used for another request.": "这个 {header} 已用于另一个请求。",
  "The tape of this {header} is being deleted.": "这个 {header} 的磁带正在被删除。",
  "This host name is not one of the service's own; TAPEDECK_ALLOWED_HOSTS can add it.":
    "这个主机名不属于此服务；可用 TAPEDECK_ALLOWED_HOSTS 添加。",
  "There is nothing here but HTTP: no WebSocket, no other upgrade.": "这里只有 HTTP：没有 WebSocket，也没有其他升级。",
  "A page of another origin may not do this.": "其他来源的页面不能这样做。",
  "A page of another site may not do this.": "其他网站的页面不能这样做。",
  "A page of another site may lead here, not load this.": "其他网站的页面可以链接到这里，但不能加载它。",
  "{method} is not possible at {path}.": "{path} 不支持 {method}。",

  // When the server is in trouble.
  "The tapes cannot be reached just now; try again.": "目前无法访问磁带；请再试一次。",
  "The server failed; its log says why.": "服务器出错；原因见其日志。",
  "Programs cannot be recorded: {why}": "无法录制程序：{why}",
  "Bad Request": "请求有误",
  Unauthorized: "需要登录",
  Forbidden: "不允许",
  "Not Found": "未找到",
  "Method Not Allowed": "不支持这种方法",
  "Request Timeout": "请求超时",
  Conflict: "冲突",
  "Unsupported Media Type": "不支持的类型",
  "Unprocessable Entity": "无法处理的请求",
  "Unprocessable Content": "无法处理的请求",
  "Insufficient Storage": "存储空间不足",
};
